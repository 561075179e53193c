package io.slipway.cli.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OciLineTest {
    @TempDir
    Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... words) {
        List<String> all =
                new ArrayList<>(List.of("--root", directory.resolve("state").toString()));
        all.addAll(List.of(words));
        return new OciLine(new ByteArrayInputStream(new byte[0]), new PrintStream(out), new PrintStream(err), Map.of())
                .run(all);
    }

    private String told() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String complained() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theVersionIsPrintedAsRuncPrintsIt() {
        assertThat(run("--version")).isZero();
        assertThat(told()).matches("slipway-oci version \\S+\nspec: 1\\.3\\.0\n");
    }

    @Test
    void helpListsEachCommandAndItsFlags() {
        assertThat(run("--help")).isZero();
        for (Verb verb : Verb.values()) {
            assertThat(told()).contains("  " + verb.word());
        }
        assertThat(run("create", "--help")).isZero();
        assertThat(told()).contains("-b, --bundle DIR").contains("--console-socket SOCKET");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "destroy | 'destroy' is no command; 'slipway oci --help' lists them",
                "create --bandle x | flag --bandle is not known to create; --help lists those that are",
                "create --bundle | flag --bundle needs a value: DIR",
                "create | create needs a container's id",
                "state a b | state takes one container's id, not also 'b'",
                "kill a SIGNONE | 'SIGNONE' is not a signal; name one as SIGTERM or by its number",
                "create --preserve-fds many a | --preserve-fds many is not a number",
                "list --format xml | --format xml is not table or json",
                "--log-format xml list | --log-format xml is not text or json",
                "--log-level loud list | --log-level loud is not one of error, warning, info, debug",
                "--cgroup-manager other list | --cgroup-manager other is not known; there is cgroupfs",
                "update a | update needs something to change: --resources FILE, or a flag for each limit",
                "exec --apparmor x a true | --apparmor cannot be done: neither SELinux nor AppArmor is supported",
            })
    void aLineThatMeansNothingIsSaidToAndWhy(String line, String complaint) {
        assertThat(run(line.split(" "))).isEqualTo(1);
        assertThat(complained()).isEqualTo("slipway oci: " + complaint + "\n");
    }

    @Test
    void systemdIsRefusedWithTheReason() {
        assertThat(run("--systemd-cgroup", "list")).isEqualTo(1);
        assertThat(complained()).contains("--systemd-cgroup cannot be done").contains("--cgroup-manager cgroupfs");
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "text"})
    void anErrorIsLoggedInTheFormatThatIsAskedFor(String format) throws Exception {
        Path log = directory.resolve("log");
        // Flags of all commands may follow the command too.
        assertThat(run("state", "none", "--log", log.toString(), "--log-format=" + format))
                .isEqualTo(1);
        String line = Files.readString(log);
        assertThat(line).endsWith("\n").contains("container none does not exist");
        if (format.equals("json")) {
            JsonNode node = JsonMapper.shared().readTree(line);
            assertThat(node.path("level").asString()).isEqualTo("error");
            assertThat(node.path("msg").asString()).contains("container none does not exist");
            assertThat(node.path("time").asString()).isNotEmpty();
        } else {
            assertThat(line).startsWith("time=\"").contains(" level=error msg=\"");
        }
    }

    @Test
    void whatIsNotThereMayBeDeletedWithForce() {
        assertThat(run("delete", "none")).isEqualTo(1);
        assertThat(run("delete", "--force", "none")).isZero();
    }

    @Test
    void aFileThatIsNotThereIsSaidNotToBe() {
        assertThat(run("update", "--resources", "/no/such/file", "a")).isEqualTo(1);
        assertThat(complained()).isEqualTo("slipway oci: there is no file /no/such/file\n");
    }

    @Test
    void nothingIsListedWhereThereIsNothing() {
        assertThat(run("list", "-f", "json")).isZero();
        assertThat(told()).isEqualTo("[]\n");
    }

    @Test
    void featuresAreJsonAndNameWhatThereIs() {
        assertThat(run("features")).isZero();
        JsonNode features = JsonMapper.shared().readTree(told());
        assertThat(features.path("ociVersionMax").asString()).isEqualTo("1.3.0");
        assertThat(features.path("hooks").valueStream().map(JsonNode::asString)).contains("prestart", "poststop");
        assertThat(features.path("mountOptions").valueStream().map(JsonNode::asString))
                .contains("rro", "rbind", "idmap", "tmpcopyup");
        assertThat(features.path("linux").path("namespaces").valueStream().map(JsonNode::asString))
                .contains("time", "cgroup");
        assertThat(features.path("linux")
                        .path("seccomp")
                        .path("actions")
                        .valueStream()
                        .map(JsonNode::asString))
                .contains("SCMP_ACT_ERRNO", "SCMP_ACT_NOTIFY");
        assertThat(features.at("/linux/seccomp/supportedFlags").valueStream().map(JsonNode::asString))
                .contains("SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV");
    }

    @Test
    void whatFollowsAnExecsCommandIsTheCommandsOwn() throws Exception {
        Words words = Words.parse(List.of("exec", "-e", "A=1", "--env", "B=2", "id", "ls", "-l", "--env", "x"));
        assertThat(words.operands()).containsExactly("id", "ls", "-l", "--env", "x");
        assertThat(words.all("env")).containsExactly("A=1", "B=2");
    }

    @Test
    void flagsBecomeAResourcesSection() throws Exception {
        Words words = Words.parse(List.of(
                "update", "--memory", "1000", "--memory-swap=-1", "--cpuset-cpus", "0-1", "--cpu-share", "5", "id"));
        byte[] section = new UpdateFlags(words).resources(new ByteArrayInputStream(new byte[0]));
        assertThat(new String(section, StandardCharsets.UTF_8))
                .isEqualTo("{\"cpu\":{\"shares\":5,\"cpus\":\"0-1\"},\"memory\":{\"limit\":1000,\"swap\":-1}}");
    }
}

package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.TerminalText;
import io.slipway.image.ImageConfig;
import io.slipway.image.LayoutWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An image of which each text is a command for whoever takes it for one (CVE-2026-53488): labels and their names, annotations, environment, command,
 * directory, ports. Each would make the same directory, on the host or in the container. It is imported, looked at, run and explained.
 */
class HostileImageTest extends RuntimeByHand {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String TERMINAL = "\u001b]0;owned\u0007\u001b[2J\u009b2J\u202eevil\u2066\r";
    /** Names by which some tools find a command to execute, or rights to give. */
    private static final List<String> MAGIC = List.of(
            "run",
            "RUN",
            "INSTALL",
            "UNINSTALL",
            "io.containers.autoupdate",
            "io.containers.capabilities",
            "io.podman.annotations.privileged",
            "org.opencontainers.image.ref.name",
            "run.oci.handler",
            "io.slipway.command");

    private Path trace;
    private String hostile = "";
    private List<String> commands = List.of();

    @BeforeEach
    void build_it() throws Exception {
        trace = temp.resolve("executed");
        String make = "mkdir -p " + trace;
        commands = List.of(
                "$(" + make + ")",
                "`" + make + "`",
                "; " + make + "; #",
                "\n" + make + "\n",
                "' ; " + make + " ; '",
                "\" ; " + make + " ; \"",
                "| " + make,
                "a\nEND_OF_INSIDE\n)\n" + make + "\nx=$(cat <<'END_OF_INSIDE'\nb",
                "a\nEND_OF_OUTSIDE\n)\n" + make + "\nx=$(cat <<'END_OF_OUTSIDE'\nb",
                "-S" + make,
                TERMINAL + "\u001b7" + make);
        Path directory = temp.resolve("hostile");
        LayoutWriter writer = LayoutWriter.open(directory);
        byte[] busybox = Files.readAllBytes(Path.of("/bin/busybox"));
        LayoutWriter.Layer layer = writer.layer(tar -> {
            tar.directory("bin", 0755).directory("tmp", 01777).file("bin/busybox", busybox, 0755);
            for (String applet : List.of("sh", "mkdir", "ls", "printf", "grep", "true")) {
                tar.symlink("bin/" + applet, "busybox");
            }
        });
        ImageConfig plain = ImageConfig.of(List.of(), new LinkedHashMap<>(), List.of());
        writer.image("1", config(plain, ""), List.of(layer));
        writer.finish();
        annotate(directory);
        hostile = "oci:" + directory;
    }

    @AfterEach
    void nothing_of_it_was_executed_on_the_host() {
        assertThat(trace).doesNotExist();
    }

    private ImageConfig config(ImageConfig plain, String user) {
        LinkedHashMap<String, String> env = new LinkedHashMap<>(Map.of("PATH", "/bin"));
        LinkedHashMap<String, String> labels = new LinkedHashMap<>();
        for (String command : commands) {
            env.put("E" + env.size(), command);
            env.put(command.replace('=', '-'), "value");
            labels.put(command, "a label");
            labels.put("label" + labels.size(), command);
        }
        MAGIC.forEach(name -> labels.put(name, "sh -c '" + commands.getFirst() + "'"));
        // Its own arguments, whole, and whether anything was made in here.
        String script =
                "for a; do printf '%s|' \"$a\"; done; ls -d " + trace + " 2>/dev/null; grep CapEff /proc/self/status";
        return new ImageConfig(
                List.of("/bin/sh", "-c", script, "sh"),
                commands,
                env,
                user,
                "/srv" + commands.get(3) + "/" + commands.getFirst().replace('/', '_'),
                commands,
                plain.architecture(),
                plain.os(),
                labels,
                commands.get(2));
    }

    /** Annotations of index, manifest and descriptors, which no writer of ours makes. */
    private void annotate(Path layout) throws Exception {
        ObjectNode index = (ObjectNode) JSON.readTree(Files.readAllBytes(layout.resolve("index.json")));
        ObjectNode described = (ObjectNode) index.path("manifests").get(0);
        Path blobs = layout.resolve("blobs/sha256");
        String digest = described.path("digest").asString().substring("sha256:".length());
        ObjectNode manifest = (ObjectNode) JSON.readTree(Files.readAllBytes(blobs.resolve(digest)));
        for (ObjectNode node : List.of(index, described, manifest, (ObjectNode) manifest.path("config"))) {
            ObjectNode annotations = node.putObject("annotations");
            commands.forEach(command -> annotations.put(command, command));
            MAGIC.forEach(name -> annotations.put(name, commands.getFirst()));
        }
        byte[] bytes = JSON.writeValueAsBytes(manifest);
        String hex =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        Files.write(blobs.resolve(hex), bytes);
        described.put("digest", "sha256:" + hex).put("size", bytes.length);
        Files.write(layout.resolve("index.json"), JSON.writeValueAsBytes(index));
    }

    /** All that it wrote, of which nothing must be obeyed by a terminal. */
    private Ran shown(String... arguments) throws Exception {
        Ran ran = slipway(arguments);
        assertThat((ran.out() + ran.err()).codePoints().filter(point -> point != '\n' && TerminalText.isObeyed(point)))
                .as(String.join(" ", arguments))
                .isEmpty();
        return ran;
    }

    @Test
    void what_it_says_of_itself_is_kept_as_text_and_shown_without_what_a_terminal_obeys() throws Exception {
        assertThat(image("import", hostile).code()).isZero();
        assertThat(image("ls").out()).contains("hostile");
        assertThat(image("inspect", hostile).out()).contains("\\u001B[2J\\u009B2J\\u202Eevil\\u2066\\r");
        JsonNode config = image("inspect", hostile, "--output", "json").json().path("Config");
        for (String command : commands) {
            assertThat(config.path("Labels").path(command).asString()).isEqualTo("a label");
        }
        assertThat(config.path("Labels").path("run").asString()).isEqualTo("sh -c '" + commands.getFirst() + "'");
        assertThat(config.path("Cmd").valueStream().map(JsonNode::asString)).containsExactlyElementsOf(commands);
        assertThat(image("import", hostile + ":other").err()).contains("no such image", "mkdir");
    }

    private Ran image(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("image"));
        all.addAll(List.of(arguments));
        return shown(all.toArray(String[]::new));
    }

    @Test
    void run_passes_its_texts_on_as_they_are_and_executes_none() throws Exception {
        Ran plain = slipway("run", "--rm", image, "grep", "CapEff", "/proc/self/status");
        assertThat(slipway("run", "--rm", hostile).out()).isEqualTo(printed() + plain.out());
        assertThat(slipway("run", "--detach", "--name", "c1", hostile).out()).isEqualTo("c1\n");
        assertThat(slipway("wait", "c1").code()).isZero();
        shown("ps", "--all");
        shown("inspect", "c1");
        shown("explain", "c1");
        assertThat(shown("inspect", "--output", "json", "c1")
                        .json()
                        .path("env")
                        .path("E1")
                        .asString())
                .isEqualTo(commands.getFirst());
    }

    /** By its script, as it prints its arguments. */
    private String printed() {
        return String.join("|", commands) + "|";
    }

    @Test
    void the_script_that_explains_it_passes_its_texts_on_too_and_executes_none() throws Exception {
        Ran script = shown("explain", "--plan", "--as", "sh", hostile);
        Path file = Files.writeString(temp.resolve("script"), script.out());
        assertThat(sh(file)).contains(printed() + "CapEff");
        assertThat(trace).doesNotExist();
    }

    @Test
    void quoted_as_one_would_at_first_the_same_text_is_executed_by_the_script() throws Exception {
        String naive = "'" + commands.get(7) + "'";
        Path file = Files.writeString(
                temp.resolve("script"), "inside=$(cat <<'END_OF_INSIDE'\nset -- " + naive + "\nEND_OF_INSIDE\n)\n");
        sh(file);
        assertThat(trace).isDirectory();
        Files.delete(trace);
    }

    private String sh(Path script) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", script.toString()).redirectErrorStream(true);
        Path scratch = Files.createDirectories(temp.resolve("tmp"));
        builder.environment().put("TMPDIR", scratch.toString());
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(scratch).isEmptyDirectory();
        return out;
    }

    @Test
    void a_user_that_is_a_command_and_a_text_with_a_NUL_are_refused_and_shown_as_text() throws Exception {
        for (String user : List.of(commands.getFirst(), TERMINAL + commands.getFirst())) {
            Ran ran = shown("run", "--rm", "--user", user, hostile);
            assertThat(ran.code()).isEqualTo(125);
            assertThat(ran.err()).contains("neither a name");
        }
        Ran ran = shown("run", "--rm", "--env", "A=b\0" + TERMINAL, image, "true");
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains("environment variable A has NUL in it");
    }
}

package io.slipway.sandbox.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code --explain} writes. */
class CallReportTest extends ContainerRun {
    private Path file = Path.of("/nowhere");

    @BeforeEach
    void explain() {
        file = directory.resolve("calls");
        runtime = new OciRuntime(directory.resolve("state"), Clock.systemUTC(), warnings::add, Optional.of(file));
    }

    @Test
    void creationAndExecutionAreToldCallByCallInOrderWithWhatEachIsFor() throws Exception {
        bundle.set("process.args", List.of("/bin/sleep", "1000"));
        start();
        assertThat(runtime.exec(bundle.id(), ExecOptions.of(List.of("/bin/true")))
                        .exitCode())
                .isEqualTo(Optional.of(0));
        String told = Files.readString(file);
        assertThat(told.lines().filter(line -> line.startsWith("# ")))
                .containsExactly("# create " + bundle.id(), "# exec in " + bundle.id());
        String create = told.substring(0, told.indexOf("# exec"));
        assertThat(create)
                .contains("cgroups: how much", "clone3({flags=", "CLONE_NEWPID")
                .containsPattern("child +[0-9.]+ µs  move_mount\\(.* = 0")
                .contains("devices: the few");
        assertThat(numberOf("clone3(", create)).isLessThan(numberOf("unshare(", create));
        assertThat(numberOf("unshare(", create)).isLessThan(numberOf("sethostname(", create));
        assertThat(told.substring(told.indexOf("# exec"))).contains("setns(", "CLONE_NEWNET");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    /** In the order in which they were made. */
    private static int numberOf(String call, String told) {
        String line = told.lines().filter(it -> it.contains(call)).findFirst().orElseThrow();
        return Integer.parseInt(line.strip().split(" ")[0]);
    }

    @Test
    void ofWhatFailsTheLastCallIsTheOneThatDid() throws Exception {
        bundle.set("process.cwd", "/proc/1/nothing");
        assertThatThrownBy(() -> runtime.create(bundle.id(), bundle.options())).isInstanceOf(OciException.class);
        String told = Files.readString(file);
        assertThat(told)
                .startsWith("# create " + bundle.id() + ", which failed: ")
                .contains("ENOENT");
        assertThat(warnings).isEmpty();
    }

    @Test
    void whereItCannotBeWrittenTheContainerIsMadeAllTheSame() throws Exception {
        runtime = new OciRuntime(
                directory.resolve("state"),
                Clock.systemUTC(),
                warnings::add,
                Optional.of(Path.of("/proc/nothing/file")));
        assertThat(run()).isZero();
        assertThat(warnings)
                .singleElement()
                .asString()
                .startsWith("the explanation /proc/nothing/file cannot be written");
    }

    @Test
    void whatJoinsAContainerHasTheOomScoreThatItsProcessSectionAsksFor() throws Exception {
        bundle.set("process.args", List.of("/bin/sleep", "1000")).set("process.oomScoreAdj", 200);
        start();
        int before = score(ProcessHandle.current().pid());
        ExecOptions read = ExecOptions.of(List.of("sh", "-c", "cat /proc/self/oom_score_adj >/out"));
        runtime.exec(bundle.id(), read);
        assertThat(bundle.output()).isEqualTo("200\n");
        assertThat(score(ProcessHandle.current().pid())).isEqualTo(before);
        assertThat(OptionalInt.of(score(runtime.find(bundle.id()).pid()))).hasValue(200);
    }

    private static int score(long pid) throws Exception {
        return Integer.parseInt(
                Files.readString(Path.of("/proc/" + pid + "/oom_score_adj")).strip());
    }
}

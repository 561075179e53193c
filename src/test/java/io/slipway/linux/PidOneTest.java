package io.slipway.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The executables of all architectures, those that are not this machine's by QEMU's user mode: there the application is one of this machine, and
 * a clone that shares memory is made by fork, so what a child that failed left in it is not seen.
 */
class PidOneTest {
    @TempDir
    Path temp;

    @ParameterizedTest
    @EnumSource
    void it_writes_down_how_the_application_ended(Architecture architecture) throws Exception {
        PidOne.Record record = run(architecture, "/bin/sh", "sh", "-c", "exit $((CODE + 2))");
        assertThat(record.waitStatus()).contains(42 << 8);
        assertThat(record.execErrno()).isEmpty();
        assertThat(record.applicationPid()).isPositive();
        assertThat(record.calls()).extracting(CallResult::call).contains("clone", "wait4");
    }

    @ParameterizedTest
    @EnumSource
    void it_writes_down_which_signal_ended_the_application(Architecture architecture) throws Exception {
        assertThat(run(architecture, "/bin/sh", "sh", "-c", "kill -KILL $$").waitStatus())
                .contains(9);
    }

    @ParameterizedTest
    @EnumSource
    void it_collects_orphans_and_waits_on_for_the_application(Architecture architecture) throws Exception {
        Path orphan = temp.resolve("orphan");
        String script = "(sh -c 'echo $$ > %s; exit 9' &); until [ -s %s ]; do :; done; ".formatted(orphan, orphan)
                + "while kill -0 $(cat %s) 2>/dev/null; do :; done; exit 7".formatted(orphan);
        assertThat(run(architecture, "/bin/sh", "sh", "-c", script).waitStatus())
                .contains(7 << 8);
    }

    @ParameterizedTest
    @EnumSource
    void an_application_that_cannot_be_executed_ends_as_127(Architecture architecture) throws Exception {
        assertThat(run(architecture, "/bin/missing", "missing").waitStatus()).contains(127 << 8);
    }

    @ParameterizedTest
    @EnumSource
    void what_may_write_no_file_ends_as_it_did_all_the_same(Architecture architecture) throws Exception {
        PidOne none = new PidOne(false, Optional.of(new PidOne.FileSize(0, 0)));
        String script = "trap '' XFSZ; echo x 2>/dev/null >" + temp.resolve("written") + "; exit 3";
        PidOne.Record record = run(none, architecture, "/bin/sh", "sh", "-c", script);
        assertThat(record.waitStatus()).contains(3 << 8);
        assertThat(record.limitErrno()).isEmpty();
        assertThat(temp.resolve("written")).isEmptyFile();
    }

    private PidOne.Record run(Architecture architecture, String... application) throws Exception {
        return run(PidOne.PLAIN, architecture, application);
    }

    private PidOne.Record run(PidOne pidOne, Architecture architecture, String... application) throws Exception {
        Path executable = temp.resolve("pid1");
        Files.write(executable, pidOne.executable(architecture));
        assertThat(executable.toFile().setExecutable(true)).isTrue();
        Path status = temp.resolve("status");
        // It takes its argv[0] for the application's path.
        String how = architecture == Architecture.here()
                ? "exec -a \"$2\" \"$1\" \"${@:3}\""
                : "exec qemu-" + architecture.interpreter().substring("interpreter-".length())
                        + " -0 \"$2\" \"$1\" \"${@:3}\"";
        List<String> command = new ArrayList<>(
                List.of("unshare", "--pid", "--fork", "--kill-child", "bash", "-c", how + " 3>>\"$0\""));
        command.addAll(List.of(status.toString(), executable.toString()));
        command.addAll(List.of(application));
        Path output = temp.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("CODE", "40");
        Process process = builder.start();
        boolean ended = process.waitFor(10, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended).as("ended within 10 s").isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        return pidOne.lastRecord(Files.readAllBytes(status)).orElseThrow();
    }
}

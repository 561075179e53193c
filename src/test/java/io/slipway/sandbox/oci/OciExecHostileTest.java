package io.slipway.sandbox.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.linux.CallsExecutable;
import io.slipway.linux.Descriptor;
import io.slipway.linux.HostileExecutable;
import io.slipway.linux.Poll;
import io.slipway.linux.Signal;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Containers that do to whatever {@code slipway oci exec} brings into them what they can (CVE-2016-9962 and its kin), as ExecHostileTest for our own. */
class OciExecHostileTest extends ContainerRun {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(300);
    /** Of the container's own process; what joins comes after it. */
    private static final int FIRST = 2;

    private static final int LAST = 60;
    private static final int SIGKILL = 9;
    private final List<Descriptor> executed = new ArrayList<>();
    private String before = "";

    @BeforeEach
    void look() throws IOException {
        before = ourselves();
    }

    @AfterEach
    void theCallerIsUnchangedAndCanGoOn() throws Exception {
        if (status().equals("running")) {
            runtime.kill(bundle.id(), Signal.SIGKILL, false);
        }
        // As the host's init does when their maker has ended: the namespace of processes lasts until then.
        for (Descriptor one : executed) {
            assertThat(Poll.awaitEnd(one, LONG)).isTrue();
            assertThat(Syscalls.reap(one)).contains(SIGKILL);
            one.close();
        }
        runtime.delete(bundle.id(), true);
        bundle = new Bundle(directory);
        assertThat(told("echo still here")).isEqualTo("still here\n");
        assertThat(ourselves()).isEqualTo(before);
    }

    /** What a container might change of who shares memory with a process in it, but for its threads. */
    private static String ourselves() throws IOException {
        StringBuilder all = new StringBuilder(Files.readString(Path.of("/proc/self/oom_score_adj")));
        all.append(Files.readString(Path.of("/proc/self/cgroup")));
        for (String namespace : List.of("pid", "pid_for_children", "mnt", "net", "ipc", "uts", "cgroup", "user")) {
            all.append(Files.readSymbolicLink(Path.of("/proc/self/ns", namespace)))
                    .append('\n');
        }
        Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.matches("(State:\t[Tt]|TracerPid|SigBlk|CapEff|NoNewPrivs|Seccomp:).*"))
                .forEach(line -> all.append(line).append('\n'));
        return all.toString();
    }

    private void install(byte[] executable) throws IOException {
        Path file = Files.write(bundle.rootfs().resolve("bin/hostile"), executable);
        assertThat(file.toFile().setExecutable(true, false)).isTrue();
        bundle.set("process.args", List.of("/bin/hostile"));
    }

    /** Looks for its command at a thousand places, which takes long enough for being stopped in the midst of it, most times. */
    private static ExecOptions slow() {
        return detached(List.of("PATH=" + "/x:".repeat(1_000) + "/bin"));
    }

    private static ExecOptions detached(List<String> env) {
        return new ExecOptions(
                Optional.empty(),
                List.of("sleep", "1000"),
                Optional.empty(),
                env,
                false,
                Optional.empty(),
                List.of(),
                List.of(),
                false,
                true,
                Optional.empty(),
                Optional.empty(),
                0);
    }

    /** How it ended: its exit code, {@code executed} where nobody waited for that, or why nothing was executed. */
    private String attempt(ExecOptions options, Duration patience) throws IOException {
        long begun = System.nanoTime();
        try {
            ExecResult result = new Execution(
                            runtime.find(bundle.id()),
                            options,
                            patience,
                            new CallReport(Optional.empty(), warnings::add))
                    .run();
            if (options.detach()) {
                executed.add(Syscalls.pidfdOpen(result.pid()));
            }
            return result.exitCode().map(code -> "exited " + code).orElse("executed");
        } catch (OciException e) {
            return String.valueOf(e.getMessage());
        } finally {
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(LONG);
        }
    }

    @Test
    void aRootThatStopsWhatJoinsItDelaysNoCommandBeyondItsDeadlineAndNoneStaysBehind() throws Exception {
        install(HostileExecutable.stopping(FIRST, LAST));
        start();
        int held = 0;
        for (int i = 0; i < 50 && held < 5; i++) {
            String how = attempt(slow(), SHORT);
            if (!how.equals("executed")) {
                assertThat(how).contains("within 300 ms");
                held++;
            }
            assertThat(runtime.processes(bundle.id())).hasSize(1 + executed.size());
        }
        assertThat(held).isEqualTo(5);
    }

    @Test
    void aRootThatTracesWhatJoinsItGetsHoldOfNothingBeforeItsOwnFileIsExecuted() throws Exception {
        install(HostileExecutable.tracing(FIRST, LAST));
        start();
        for (int i = 0; i < 5; i++) {
            // Not dumpable as we are, it could not be traced on its way.
            assertThat(attempt(slow(), LONG)).isEqualTo("executed");
        }
        assertThat(runtime.processes(bundle.id())).hasSize(6);
    }

    @Test
    void atTheMemoryLimitFiftyCommandsEndInTimeAndTheCallerIsSpared() throws Exception {
        fill();
        for (int i = 0; i < 50; i++) {
            if (status().equals("stopped")) {
                runtime.delete(bundle.id(), true);
                fill();
            }
            // The kernel kills the command, or refuses one of the calls on its way; or it kills the container's own
            // process, and all ends with that:
            // never us, whose memory is shared until the command is executed, and who are far larger.
            assertThat(attempt(ExecOptions.of(List.of("true")), LONG))
                    .matches(
                            "(?s)exited (0|137|139)|exec of 'true' in container .*(ENOMEM|killed).*|cannot exec .*(ending|stopped).*");
        }
    }

    /** Starts one whose memory is taken by its files, to the last page. */
    private void fill() throws IOException {
        // So small that the kernel, which looks for the largest, kills commands first.
        install(CallsExecutable.of(List.of(new long[] {SyscallNumber.PPOLL.number(), 0, 0, 0, 0})));
        bundle.set("linux.resources", Bundle.map("memory", Bundle.map("limit", 16 << 20)));
        start();
        assertThat(attempt(ExecOptions.of(List.of("dd", "if=/dev/zero", "of=/dev/shm/fill", "bs=4k")), LONG))
                .isEqualTo("exited 137");
    }

    @Test
    void aContainerThatHasEndedMeanwhileIsToldOf() throws Exception {
        bundle.set("process.args", List.of("/bin/sleep", "1000"));
        start();
        OciContainer found = runtime.find(bundle.id());
        end();
        runtime.await(bundle.id());
        assertThatThrownBy(() -> new Execution(
                                found, detached(List.of()), LONG, new CallReport(Optional.empty(), warnings::add))
                        .run())
                .isInstanceOf(OciException.class)
                .hasMessageContaining("cannot exec container " + bundle.id() + " that is stopped");
    }

    @Test
    void aContainerThatEndsTakesACommandThatItHasStoppedAlong() throws Exception {
        install(HostileExecutable.stopping(FIRST, LAST));
        start();
        Thread ending = Thread.ofPlatform().start(() -> {
            await(OciExecHostileTest::aChildOfOursIsStopped);
            end();
        });
        // Mostly on its way; or just when it had executed something.
        assertThat(attempt(slow(), LONG)).containsAnyOf("killed", "executed");
        ending.join();
        assertThat(runtime.processes(bundle.id())).isEmpty();
    }

    private static boolean aChildOfOursIsStopped() {
        return ProcessHandle.current()
                .children()
                .anyMatch(child -> stateOf(child.pid()).startsWith("State:\tT"));
    }

    private static String stateOf(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith("State:")).findFirst().orElse("");
        } catch (IOException | UncheckedIOException e) {
            return "";
        }
    }

    private void end() {
        try {
            runtime.kill(bundle.id(), Signal.SIGKILL, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

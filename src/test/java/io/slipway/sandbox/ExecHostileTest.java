package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.checker.Leftovers;
import io.slipway.linux.HostileExecutable;
import io.slipway.sandbox.cgroup.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers that do to whatever joins them what they can (CVE-2016-9962 and its kin). */
class ExecHostileTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    /** For deadlines of 300 ms, on a busy machine. */
    private static final Duration LATE = Duration.ofSeconds(10);

    @TempDir
    Path temp;

    private Leftovers before;
    private Path root;
    private Sandboxes sandboxes;
    private String scoreBefore = "";

    @BeforeEach
    void open() throws Exception {
        before = Leftovers.now();
        root = BusyboxRoot.make(temp.resolve("root"));
        sandboxes = Sandboxes.open(temp.resolve("state"), "test", Optional.empty());
        scoreBefore = score();
    }

    @AfterEach
    void the_agent_is_unchanged_and_nothing_is_left() throws Exception {
        assertThat(score()).isEqualTo(scoreBefore);
        for (Sandbox sandbox : sandboxes.list()) {
            sandboxes.remove(sandbox);
        }
        Sandbox fresh = sandboxes.start(SandboxSpec.of("fresh", List.of(root), List.of("/bin/sh", "-c", "exit 5")));
        assertThat(fresh.awaitExit(LONG).orElseThrow().code()).isEqualTo(5);
        sandboxes.remove(fresh);
        sandboxes.close();
        assertThat(before.since(sandboxes.cgroupName())).isEmpty();
        assertThat(before.since(temp.toString())).isEmpty();
    }

    private static String score() throws IOException {
        return Files.readString(Path.of("/proc/self/oom_score_adj"));
    }

    private Sandbox hostile(byte[] executable) throws IOException {
        Path file = Files.write(root.resolve("bin/hostile"), executable);
        assertThat(file.toFile().setExecutable(true, false)).isTrue();
        return sandboxes.start(SandboxSpec.of("c1", List.of(root), List.of("/bin/hostile")));
    }

    /** How one ended: its exit, or why nothing was executed. */
    private static String attempt(Sandbox sandbox, ExecSpec spec) throws Exception {
        try (Exec exec = sandbox.exec(spec)) {
            return exec.awaitExit(LONG).orElseThrow().text();
        } catch (ExecException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static ExecSpec shortly(String... argv) {
        return ExecSpec.of(List.of(argv))
                .withDiscard(true)
                .withStartAtMost(Duration.ofMillis(300))
                .withAtMost(Optional.of(Duration.ofMillis(300)));
    }

    @Test
    void at_the_memory_limit_a_hundred_commands_end_in_time_and_the_agent_is_spared() throws Exception {
        long limit = 16 << 20;
        Sandbox full = sandboxes.start(SandboxSpec.of("c1", List.of(root), List.of("/bin/sleep", "1000"))
                .withLimits(new Limits(OptionalLong.of(limit), OptionalDouble.empty(), OptionalInt.empty())));
        ExecSpec fill = ExecSpec.of(List.of("dd", "if=/dev/zero", "of=/dev/shm/fill", "bs=4k"))
                .withDiscard(true)
                .withOomScoreAdj(1000);
        assertThat(attempt(full, fill)).isEqualTo("OOM: the container's memory is full");
        for (int i = 0; i < 100; i++) {
            ExecSpec spec = ExecSpec.of(List.of("true")).withOomScoreAdj(1000).withAtMost(Optional.of(LONG));
            long start = System.nanoTime();
            String how = attempt(full, spec);
            assertThat(how).matches("(?s)exited 0|OOM: .*|nothing was executed in container c1: .*(ENOMEM|OOM).*");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
        }
        assertThat(full.state()).isEqualTo(Sandbox.State.RUNNING);
    }

    @Test
    void the_score_of_a_command_is_its_own_from_its_first_moment() throws Exception {
        Sandbox sandbox = sandboxes.start(SandboxSpec.of("c1", List.of(root), List.of("/bin/sleep", "1000")));
        for (int i = 0; i < 20; i++) {
            ExecSpec spec =
                    ExecSpec.of(List.of("cat", "/proc/self/oom_score_adj")).withOomScoreAdj(1000);
            try (Exec exec = sandbox.exec(spec)) {
                assertThat(new String(exec.output().readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo("1000\n");
                assertThat(score()).isEqualTo(scoreBefore);
            }
        }
    }

    @Test
    void a_root_that_stops_what_joins_it_delays_a_command_no_longer_than_its_deadline() throws Exception {
        Sandbox sandbox = hostile(HostileExecutable.stopping(3, 60));
        for (int i = 0; i < 5; i++) {
            long start = System.nanoTime();
            String how = attempt(sandbox, shortly("sleep", "1000"));
            assertThat(how).containsAnyOf("within 300 ms and was killed", "killed as its 300 ms were over");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LATE);
        }
    }

    @Test
    void a_root_that_traces_what_joins_it_delays_a_command_no_longer_than_its_deadline() throws Exception {
        Sandbox sandbox = hostile(HostileExecutable.tracing(3, 60));
        for (int i = 0; i < 5; i++) {
            long start = System.nanoTime();
            String how = attempt(sandbox, shortly("sleep", "1000").withStartAtMost(LONG));
            // Only once it executes the container's own file can it be traced: then it is held back by its tracer.
            assertThat(how).startsWith("killed as its 300 ms were over");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LATE);
        }
    }

    @Test
    void nothing_of_a_process_that_joins_can_be_read_or_traced_by_the_containers_root() throws Exception {
        String seen = "";
        // Looks for its command at twenty thousand places, which takes long enough for being stopped in the midst of
        // it.
        for (int round = 0; round < 20 && !seen.startsWith("memfd:"); round++) {
            seen = lookAtStopped("c" + round);
        }
        assertThat(seen).isEqualTo("memfd:slipway-e\nlooked\n");
    }

    /** The same with nobody who stops it: it waits by itself where it has come to be the container's, and has not yet executed anything of it. */
    @Test
    void a_process_that_joins_could_be_read_if_it_were_not_closed_to_others() throws Exception {
        String waits = "until grep -q 'State:.S' /proc/3/status && grep -q 'NoNewPrivs:.1' /proc/3/status;"
                + " do sleep 0.01; done 2>/dev/null;";
        ExecSpec command = ExecSpec.of(List.of("sleep", "1000"));
        Omission waiting = Omission.NONE.and(Weakening::waitForInput);
        Sandbox closed = sandboxes.start(SandboxSpec.of("c1", List.of(root), List.of("/bin/sleep", "1000")));
        assertThat(lookAt(closed, command, waiting, waits)).isEqualTo("memfd:slipway-e\nlooked\n");
        Sandbox open = sandboxes.start(SandboxSpec.of("c2", List.of(root), List.of("/bin/sleep", "1000")));
        assertThat(lookAt(open, command, waiting.and(Weakening::letTrace), waits))
                .startsWith("memfd:slipway-e\n")
                .contains("READ");
    }

    /** Has the first process that joins stopped, and lets a second one look at it. */
    private String lookAtStopped(String id) throws Exception {
        Files.write(root.resolve("bin/hostile"), HostileExecutable.stopping(3, 3));
        assertThat(root.resolve("bin/hostile").toFile().setExecutable(true, false))
                .isTrue();
        Sandbox sandbox = sandboxes.start(SandboxSpec.of(id, List.of(root), List.of("/bin/hostile")));
        ExecSpec slow = ExecSpec.of(List.of("sleep", "1000")).withEnv(Map.of("PATH", "/x:".repeat(20_000) + "/bin"));
        String stopped = "until grep -q 'State:.T' /proc/3/status 2>/dev/null; do sleep 0.01; done;";
        return lookAt(sandbox, slow, Omission.NONE, stopped);
    }

    /** Lets a process join, and a second one look at it once it has waited; then the container is killed. */
    private static String lookAt(Sandbox sandbox, ExecSpec command, Omission omission, String wait) throws Exception {
        ExecSpec spec = command.withInput(true).withStartAtMost(LONG);
        CompletableFuture<Exec> joined = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return ExecStart.startWithout(sandbox, spec, omission);
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                },
                work -> Thread.ofPlatform().start(work));
        String look = wait
                + " cat /proc/3/comm; for f in maps environ mem auxv; do cat /proc/3/$f && echo READ; done;"
                + " ls /proc/3/fd/ && echo READ; readlink /proc/3/exe && echo READ; ls /proc/3/cwd/ && echo READ;"
                + " cat /bin/hostile > /proc/3/exe && echo WROTE; echo looked";
        long end = System.nanoTime() + LONG.toNanos();
        while (sandbox.stats().pids() < 3 && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        try (Exec looking = sandbox.exec(ExecSpec.of(List.of("sh", "-c", look)).withAtMost(Optional.of(LONG)))) {
            return new String(looking.output().readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            sandbox.kill();
            joined.handle((exec, e) -> {
                        if (exec != null) {
                            exec.close();
                        }
                        return e;
                    })
                    .get();
        }
    }
}

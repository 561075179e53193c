package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.checker.Leftovers;
import io.slipway.sandbox.log.LogReader;
import io.slipway.sandbox.log.LogRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdoptionTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path temp;

    private Leftovers before;
    private Path root;

    @BeforeEach
    void prepare() throws Exception {
        before = Leftovers.now();
        root = BusyboxRoot.make(temp.resolve("root"));
    }

    @AfterEach
    void nothing_is_left() throws Exception {
        String cgroups;
        try (Sandboxes last = open()) {
            cgroups = last.cgroupName();
            last.adopt();
            removeAll(last);
        }
        assertThat(before.since(cgroups)).isEmpty();
        assertThat(before.since(temp.toString())).isEmpty();
    }

    @Test
    void an_exit_while_the_agent_is_dead_is_reported_as_it_was() throws Exception {
        agent(false, "c1", "trap 'exit 42' WINCH; while :; do sleep 0.02; done", "c2", "exec sleep 1000")
                .destroyForcibly()
                .waitFor();
        int pid = pid("c1");
        String application = Files.readString(Path.of("/proc/" + pid + "/task/" + pid + "/children"));
        // It does nothing before the trap is set.
        until(() -> run("kill", "-WINCH", application.strip()) != 0 && !Files.exists(Path.of("/proc/" + pid)));
        try (Sandboxes returned = open()) {
            Adoption adoption = returned.adopt();
            assertThat(adoption.ended()).extracting(Sandbox::id).containsExactly("c1");
            Exit exit = adoption.ended().getFirst().exit().orElseThrow();
            assertThat(exit.text()).isEqualTo("exited 42");
            assertThat(exit.code()).isEqualTo(42);
            assertThat(adoption.running()).extracting(Sandbox::id).containsExactly("c2");
            assertThat(adoption.removed()).isEmpty();
            Sandbox running = adoption.running().getFirst();
            assertThat(running.stats().memoryBytes()).isPositive();
            assertThat(running.explain().calls()).isNotEmpty();
            assertThat(running.stop("SIGTERM", LONG).text()).isEqualTo("killed by SIGTERM");
            removeAll(returned);
        }
    }

    @Test
    void lines_written_while_the_agent_is_dead_are_all_there_in_order() throws Exception {
        agent(false, "c1", "seq 1 5000; sleep 0.7; seq 5001 50000; exit 42")
                .destroyForcibly()
                .waitFor();
        int pid = pid("c1");
        until(() -> !Files.exists(Path.of("/proc/" + pid)));
        try (Sandboxes returned = open()) {
            Sandbox ended = returned.adopt().ended().getFirst();
            until(ended::collectLog);
            int line = 0;
            try (LogReader log = ended.readLog()) {
                StringBuilder text = new StringBuilder();
                for (Optional<LogRecord> next = log.next(); next.isPresent(); next = log.next()) {
                    text.append(next.get().text());
                    if (next.get().whole()) {
                        assertThat(text.toString()).isEqualTo(Integer.toString(++line));
                        text.setLength(0);
                    }
                }
            }
            assertThat(line).isEqualTo(50_000);
            assertThat(ended.exit().orElseThrow().text()).isEqualTo("exited 42");
            removeAll(returned);
        }
    }

    @Test
    void what_runs_is_watched_again_and_never_started_twice() throws Exception {
        agent(false, "c1", "exec sleep 1000").destroyForcibly().waitFor();
        int pid = pid("c1");
        try (Sandboxes returned = open()) {
            Sandbox adopted = returned.adopt().running().getFirst();
            assertThat(adopted.pid()).isEqualTo(pid);
            assertThat(returned.adopt().running()).isEmpty();
            assertThatThrownBy(() -> returned.start(SandboxSpec.of("c1", List.of(root), List.of("/bin/true"))))
                    .isInstanceOf(IOException.class);
            assertThat(adopted.kill().text()).isEqualTo("killed by SIGKILL");
            removeAll(returned);
        }
    }

    @Test
    void one_killed_with_its_pid_1_while_nobody_watched_has_an_unknown_exit() throws Exception {
        agent(false, "c1", "exec sleep 1000").destroyForcibly().waitFor();
        int pid = pid("c1");
        run("kill", "-9", "" + pid);
        until(() -> !Files.exists(Path.of("/proc/" + pid)));
        try (Sandboxes returned = open()) {
            Exit exit = returned.adopt().ended().getFirst().exit().orElseThrow();
            assertThat(exit.kind()).isEqualTo(Exit.Kind.UNKNOWN);
            removeAll(returned);
        }
    }

    @Test
    void what_is_written_late_is_written_by_the_close() throws Exception {
        try (Sandboxes first = open()) {
            first.start(SandboxSpec.of("c1", List.of(root), List.of("/bin/sh", "-c", "exit 42")))
                    .awaitExit(LONG);
        }
        SandboxRecord record = SandboxRecord.read(temp.resolve("state/c1/state.jsonl"));
        assertThat(record.phase()).isEqualTo(SandboxRecord.Phase.ENDED);
        try (Sandboxes returned = open()) {
            Sandbox ended = returned.adopt().ended().getFirst();
            assertThat(ended.exit().orElseThrow().text()).isEqualTo("exited 42");
            assertThat(ended.explain().calls()).hasSizeGreaterThan(100);
            removeAll(returned);
        }
    }

    @Test
    void a_line_of_a_record_that_a_crash_cut_is_passed_over() throws Exception {
        agent(false, "c1", "exec sleep 1000").destroyForcibly().waitFor();
        Path state = temp.resolve("state/c1/state.jsonl");
        Files.writeString(state, "{\"spec\":{\"id\":\"c1\",\"layers", StandardOpenOption.APPEND);
        try (Sandboxes returned = open()) {
            Sandbox adopted = returned.adopt().running().getFirst();
            adopted.kill();
            removeAll(returned);
        }
    }

    @Test
    void a_half_made_one_is_removed() throws Exception {
        agent(true, "c1", "exec sleep 1000").destroyForcibly().waitFor();
        assertThat(temp.resolve("state/c1/state.jsonl")).exists();
        assertThat(before.since("cgroup")).anyMatch(left -> left.contains("/c1"));
        try (Sandboxes returned = open()) {
            Adoption adoption = returned.adopt();
            assertThat(adoption.removed()).containsExactly("c1");
            assertThat(adoption.running()).isEmpty();
            assertThat(temp.resolve("state/c1")).doesNotExist();
        }
    }

    @Test
    void a_directory_without_a_readable_state_is_removed() throws Exception {
        try (Sandboxes first = open()) {
            assertThat(first.list()).isEmpty();
        }
        Files.createDirectory(temp.resolve("state/torn"));
        try (Sandboxes returned = open()) {
            assertThat(returned.adopt().removed()).containsExactly("torn");
        }
    }

    @Test
    void what_was_removed_but_not_yet_deleted_is_deleted() throws Exception {
        Path rest = temp.resolve("state/.removed-1-1");
        Files.createDirectories(rest.resolve("fs/upper/etc"));
        Files.writeString(rest.resolve("fs/upper/etc/conf"), "x");
        try (Sandboxes returned = open()) {
            Adoption adoption = returned.adopt();
            assertThat(rest).doesNotExist();
            assertThat(adoption.removed()).isEmpty();
            assertThat(adoption.ended()).isEmpty();
        }
    }

    @Test
    void one_that_another_version_wrote_down_is_left_alone() throws Exception {
        Path foreign = Files.createDirectories(temp.resolve("state/c1/fs"));
        Path state = Files.writeString(
                temp.resolve("state/c1/state.jsonl"), "{\"spec\":{\"id\":\"c1\",\"argv\":[\"x\"]}}\n");
        try (Sandboxes returned = open()) {
            Adoption adoption = returned.adopt();
            assertThat(adoption.removed()).isEmpty();
            assertThat(returned.list()).isEmpty();
        }
        assertThat(foreign).isDirectory();
        assertThat(state).exists();
    }

    @Test
    void of_another_boot_nothing_is_taken_for_running() throws Exception {
        agent(false, "c1", "exec sleep 1000").destroyForcibly().waitFor();
        Path state = temp.resolve("state/c1/state.jsonl");
        int pid = pid("c1");
        Files.writeString(state, Files.readString(state).replaceAll("\"bootId\":\"[^\"]*\"", "\"bootId\":\"another\""));
        try (Sandboxes returned = open()) {
            assertThat(returned.adopt().ended()).extracting(Sandbox::id).containsExactly("c1");
            removeAll(returned);
        }
        until(() -> !Files.exists(Path.of("/proc/" + pid)));
    }

    @Test
    void a_directory_in_use_or_of_another_owner_is_refused() throws Exception {
        try (Sandboxes first = open()) {
            assertThatThrownBy(this::open).hasMessageContaining("in use");
            assertThat(first.list()).isEmpty();
        }
        assertThatThrownBy(() -> Sandboxes.open(temp.resolve("state"), "somebody", Optional.empty()))
                .hasMessageContaining("belongs to 'test', not to 'somebody'");
    }

    private Sandboxes open() throws IOException {
        return Sandboxes.open(temp.resolve("state"), "test", Optional.empty());
    }

    private static void removeAll(Sandboxes sandboxes) throws Exception {
        for (Sandbox sandbox : sandboxes.list()) {
            sandboxes.remove(sandbox);
        }
    }

    private int pid(String id) throws IOException {
        return SandboxRecord.read(temp.resolve("state/" + id + "/state.jsonl"))
                .process()
                .orElseThrow()
                .pid();
    }

    private Process agent(boolean stuck, String... containers) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dstuck=" + stuck,
                "-cp",
                classPath(),
                AgentStandIn.class.getName(),
                temp.resolve("state").toString(),
                root.toString()));
        command.addAll(List.of(containers));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.inputReader().readLine()).isEqualTo("started");
        return process;
    }

    /** Not java.class.path: a launcher may have loaded the tests by a class loader of its own. */
    private static String classPath() {
        return Stream.of(
                        AgentStandIn.class,
                        Sandboxes.class,
                        com.sun.jna.Native.class,
                        tools.jackson.databind.json.JsonMapper.class,
                        tools.jackson.core.JacksonException.class,
                        com.fasterxml.jackson.annotation.JsonProperty.class)
                .map(type ->
                        type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .distinct()
                .collect(Collectors.joining(":"));
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command).start().waitFor();
    }

    private static void until(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("waited for " + LONG).isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }
}

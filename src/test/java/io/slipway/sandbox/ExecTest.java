package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.linux.WindowSize;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ExecTest extends RealContainers {
    private Sandbox sleeper() throws IOException {
        return sandboxes.start(SandboxSpec.of("c1", List.of(root), List.of("/bin/sleep", "1000")));
    }

    /** What a command wrote, and how it ended. */
    private record Ran(String out, String err, Exit exit) {}

    private static Ran run(Sandbox sandbox, ExecSpec spec) throws Exception {
        try (Exec exec = sandbox.exec(spec)) {
            return finish(exec);
        }
    }

    private static Ran finish(Exec exec) throws Exception {
        try (var threads = Executors.newCachedThreadPool()) {
            Future<String> out = threads.submit(text(exec.output()));
            Future<String> err = threads.submit(text(exec.error()));
            return new Ran(out.get(), err.get(), exec.awaitExit(LONG).orElseThrow());
        }
    }

    private static Callable<String> text(InputStream in) {
        return () -> new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static ExecSpec sh(String script) {
        return ExecSpec.of(List.of("sh", "-c", script));
    }

    @Test
    void a_command_runs_within_all_namespaces_and_cgroups_of_the_container() throws Exception {
        Sandbox sandbox = sleeper();
        Ran ran = run(
                sandbox,
                sh("hostname; cat /proc/self/uid_map; for n in user mnt net uts ipc cgroup pid; do"
                        + " [ \"$(stat -L -c %i /proc/self/ns/$n)\" = \"$(stat -L -c %i /proc/2/ns/$n)\" ] || echo $n differs;"
                        + " done; cat /proc/self/cgroup; exit 42"));
        assertThat(ran.err()).isEmpty();
        assertThat(ran.exit().text()).isEqualTo("exited 42");
        assertThat(ran.out())
                .startsWith("c1\n")
                .contains(Integer.toString(
                        sandbox.spec().namespaces().user().orElseThrow().first()))
                .doesNotContain("differs");
        // Of its own cgroups it sees nothing but the root.
        assertThat(ran.out().lines().filter(l -> l.matches("[0-9]+:(memory|pids|cpu|):.*")))
                .allMatch(l -> l.endsWith(":/"))
                .isNotEmpty();
    }

    @Test
    void a_command_has_the_resource_limits_of_a_container_that_may_open_and_write_nothing() throws Exception {
        Privileges least = Privileges.DEFAULT.withResourceLimits(
                List.of(new ResourceLimit("nofile", 3, 3), new ResourceLimit("fsize", 0, 0)));
        Sandbox sandbox = sandboxes.start(spec("c1", "exec sleep 1000").withPrivileges(least));
        Ran ran = run(sandbox, sh("ulimit -n; ulimit -f; exit 4"));
        assertThat(ran.out()).isEqualTo("3\n0\n");
        assertThat(ran.exit().text()).isEqualTo("exited 4");
    }

    @Test
    void its_processes_are_counted_in_every_cgroup_of_the_container() throws Exception {
        Sandbox sandbox = sleeper();
        try (Exec exec = sandbox.exec(ExecSpec.of(List.of("sleep", "1000")))) {
            for (Path directory : sandbox.cgroups()) {
                assertThat(Files.readAllLines(directory.resolve("cgroup.procs")))
                        .contains(Integer.toString(exec.pid()));
            }
            assertThat(sandbox.kill().text()).isEqualTo("killed by SIGKILL");
            assertThat(exec.awaitExit(LONG).orElseThrow().text()).isEqualTo("killed by SIGKILL");
        }
    }

    @Test
    void it_has_no_more_privileges_than_the_application() throws Exception {
        Sandbox sandbox = sleeper();
        String status = "grep -E '^(Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs|Seccomp|Uid|Gid|Groups):' ";
        Ran ran = run(
                sandbox,
                sh(
                        status + "/proc/self/status > /tmp/a; " + status
                                + "/proc/2/status > /tmp/b; cat /tmp/a; [ \"$(cat /tmp/a)\" = \"$(cat /tmp/b)\" ] && echo same"));
        assertThat(ran.out()).as(ran.err()).endsWith("same\n").contains("NoNewPrivs:\t1");
    }

    @Test
    void user_directory_and_environment_are_as_asked() throws Exception {
        Sandbox sandbox = sandboxes.start(SandboxSpec.of("c1", List.of(root), List.of("/bin/sleep", "1000"))
                .withEnv(Map.of("A", "1", "B", "2")));
        Ran ran = run(
                sandbox,
                sh("id -u; id -G; pwd; echo $A $B $HOME; touch /x || echo refused; grep CapPrm /proc/self/status;"
                                + " echo again > /dev/stdout")
                        .withUser(Optional.of("web"))
                        .withWorkingDirectory(Optional.of("/tmp"))
                        .withEnv(Map.of("B", "3")));
        assertThat(ran.out()).isEqualTo("1000\n1000 2000\n/tmp\n1 3 /srv\nrefused\nCapPrm:\t0000000000000000\nagain\n");
    }

    @Test
    void input_is_read_to_its_end_and_output_is_what_it_wrote() throws Exception {
        Sandbox sandbox = sleeper();
        String much = "0123456789abcdef".repeat(64 * 1024);
        try (Exec exec = sandbox.exec(ExecSpec.of(List.of("cat")).withInput(true));
                var threads = Executors.newCachedThreadPool()) {
            threads.submit(() -> {
                exec.input().write(much.getBytes(StandardCharsets.UTF_8));
                exec.input().close();
                return null;
            });
            Ran ran = finish(exec);
            assertThat(ran.out().equals(much)).isTrue();
            assertThat(ran.exit().code()).isZero();
        }
        assertThat(run(sandbox, ExecSpec.of(List.of("cat"))).out()).isEmpty();
    }

    @Test
    void output_ends_with_the_command_though_what_it_left_behind_could_still_write() throws Exception {
        Ran ran = run(sleeper(), sh("sleep 1000 & echo started"));
        assertThat(ran.out()).isEqualTo("started\n");
        assertThat(ran.exit().text()).isEqualTo("exited 0");
    }

    @Test
    void a_signal_that_ends_it_is_reported() throws Exception {
        Ran ran = run(sleeper(), sh("kill -SEGV $$"));
        assertThat(ran.exit().text()).isEqualTo("killed by SIGSEGV");
        assertThat(ran.exit().code()).isEqualTo(139);
    }

    @Test
    void when_its_time_is_over_it_is_killed() throws Exception {
        Sandbox sandbox = sleeper();
        long start = System.nanoTime();
        Ran ran = run(sandbox, ExecSpec.of(List.of("sleep", "1000")).withAtMost(Optional.of(Duration.ofMillis(300))));
        assertThat(ran.exit().text()).isEqualTo("killed as its 300 ms were over");
        assertThat(ran.exit().code()).isEqualTo(124);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(300), LONG);
        assertThat(sandbox.state()).isEqualTo(Sandbox.State.RUNNING);
    }

    @Test
    void what_cannot_be_executed_is_told_by_the_call_that_failed() throws Exception {
        Sandbox sandbox = sleeper();
        assertThatThrownBy(() -> sandbox.exec(ExecSpec.of(List.of("nothing-like-it"))))
                .isInstanceOf(ExecException.class)
                .hasMessageContaining(
                        "command 'nothing-like-it' was not found in the container's PATH, /usr/local/sbin:")
                .hasMessageContaining("/bin/nothing-like-it\", X_OK) = ENOENT")
                .extracting(e -> ((ExecException) e).code())
                .isEqualTo(127);
        assertThatThrownBy(() -> sandbox.exec(ExecSpec.of(List.of("/etc/group"))))
                .hasMessageContaining("/etc/group is no file that the container's user may execute")
                .extracting(e -> ((ExecException) e).code())
                .isEqualTo(126);
        assertThatThrownBy(() -> sandbox.exec(sh("true").withWorkingDirectory(Optional.of("/none"))))
                .hasMessageContaining("the working directory /none is not there in the container")
                .hasMessageContaining("chdir(\"/none\") = ENOENT");
        assertThatThrownBy(() -> sandbox.exec(sh("true").withUser(Optional.of("nobody-known"))))
                .hasMessageContaining("'nobody-known'");
        sandbox.kill();
        assertThatThrownBy(() -> sandbox.exec(sh("true"))).hasMessageContaining("it does not run: killed by SIGKILL");
    }

    @Test
    void a_terminal_is_one_of_the_containers_own() throws Exception {
        Sandbox sandbox = sleeper();
        ExecSpec spec =
                sh("[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo terminal; stat -c %U:%a $(readlink /proc/self/fd/0);"
                                + " echo $TERM; stty size; read line; echo got $line; read line || echo end")
                        .withTerminal(Optional.of(new WindowSize(33, 99)));
        try (Exec exec = sandbox.exec(spec)) {
            exec.input().write("typed\n\4".getBytes(StandardCharsets.UTF_8));
            Ran ran = finish(exec);
            assertThat(ran.out())
                    .contains("terminal\r\n", "root:620\r\n", "xterm\r\n", "33 99\r\n", "got typed\r\n", "end\r\n");
            assertThat(ran.exit().text()).isEqualTo("exited 0");
        }
    }

    @Test
    void a_terminal_tells_its_programs_of_a_new_size_and_hangs_up_when_it_is_closed() throws Exception {
        Sandbox sandbox = sleeper();
        ExecSpec spec = sh("trap 'stty size' WINCH; trap 'echo hung up > /tmp/hup; exit 1' HUP; echo ready;"
                        + " while :; do sleep 0.02; done")
                .withTerminal(Optional.of(WindowSize.DEFAULT));
        Exec exec = sandbox.exec(spec);
        readUntil(exec.output(), "ready\r\n");
        exec.resize(new WindowSize(50, 132));
        readUntil(exec.output(), "50 132\r\n");
        exec.close();
        assertThat(exec.awaitExit(LONG).orElseThrow().text()).isEqualTo("exited 1");
        assertThat(run(sandbox, ExecSpec.of(List.of("cat", "/tmp/hup"))).out()).isEqualTo("hung up\n");
    }

    private static void readUntil(InputStream in, String end) throws IOException {
        StringBuilder read = new StringBuilder();
        while (read.indexOf(end) < 0) {
            int one = in.read();
            assertThat(one).as("the end, after: " + read).isNotNegative();
            read.append((char) one);
        }
    }

    @Test
    void a_terminal_in_something_that_is_no_devpts_is_refused() throws Exception {
        Path pts = Files.createDirectories(temp.resolve("pts"));
        Files.writeString(pts.resolve("ptmx"), "");
        Sandbox sandbox = sandboxes.start(SandboxSpec.of("c1", List.of(root), List.of("/bin/sleep", "1000")));
        new ProcessBuilder("nsenter", "-t", "" + sandbox.pid(), "-m", "umount", "/dev/pts")
                .start()
                .waitFor();
        run(sandbox, sh("echo > /dev/pts/ptmx"));
        assertThatThrownBy(() -> sandbox.exec(sh("true").withTerminal(Optional.of(WindowSize.DEFAULT))))
                .hasMessageContaining("no multiplexer of a devpts file system");
    }

    @Test
    void it_sees_no_descriptor_but_its_own_three() throws Exception {
        Ran ran = run(sleeper(), sh("ls -l /proc/$$/fd; ls -l /proc/$$/cwd"));
        assertThat(ran.out().lines().filter(l -> l.contains("->"))).hasSize(4);
        assertThat(ran.out()).contains("0 -> /dev/null", "1 -> pipe:", "2 -> pipe:", "cwd -> /");
    }

    @Test
    void many_at_once_from_virtual_threads_end_as_they_should() throws Exception {
        Sandbox sandbox = sleeper();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Exit>> exits = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                ExecSpec spec = sh("exit " + i).withDiscard(true);
                exits.add(threads.submit(() -> {
                    try (Exec exec = sandbox.exec(spec)) {
                        return exec.awaitExit(LONG).orElseThrow();
                    }
                }));
            }
            for (int i = 0; i < 40; i++) {
                assertThat(exits.get(i).get().code()).isEqualTo(i);
            }
        }
        // A thread that had stayed in the container's pid namespace could start no container of its own.
        for (int i = 0; i < 8; i++) {
            Sandbox other =
                    sandboxes.start(SandboxSpec.of("other" + i, List.of(root), List.of("/bin/sh", "-c", "exit 5")));
            assertThat(other.awaitExit(LONG).orElseThrow().code()).isEqualTo(5);
        }
    }

    @Test
    void it_runs_in_a_container_without_a_user_namespace_too() throws Exception {
        Sandbox sandbox = sandboxes.start(SandboxSpec.of("c1", List.of(root), List.of("/bin/sleep", "1000"))
                .withHostNamespace(Namespace.USER, "a test"));
        assertThat(run(sandbox, sh("id -u; hostname")).out()).isEqualTo("0\nc1\n");
    }
}

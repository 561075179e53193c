package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.sandbox.cgroup.Limits;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class SandboxTest extends RealContainers {
    private SandboxSpec command(String id, String... argv) {
        return SandboxSpec.of(id, List.of(root), List.of(argv));
    }

    private Exit ended(SandboxSpec spec) throws Exception {
        return sandboxes.start(spec).awaitExit(LONG).orElseThrow();
    }

    private String output(String id) throws Exception {
        return Files.readString(sandboxes.find(id).orElseThrow().stdoutLog())
                + Files.readString(sandboxes.find(id).orElseThrow().stderrLog());
    }

    @Test
    void its_exit_code_is_reported() throws Exception {
        Exit exit = ended(command("c1", "/bin/sh", "-c", "echo out; echo err >&2; exit 42"));
        assertThat(exit.kind()).as(exit.text()).isEqualTo(Exit.Kind.EXITED);
        assertThat(exit.code()).isEqualTo(42);
        assertThat(output("c1")).isEqualTo("out\nerr\n");
    }

    @Test
    void a_signal_that_ends_it_is_reported() throws Exception {
        Exit exit = ended(command("c1", "/bin/sh", "-c", "kill -SEGV $$"));
        assertThat(exit.kind()).isEqualTo(Exit.Kind.SIGNALLED);
        assertThat(exit.text()).isEqualTo("killed by SIGSEGV");
        assertThat(exit.code()).isEqualTo(139);
    }

    @Test
    void over_its_memory_limit_it_ends_with_the_reason_oom() throws Exception {
        Limits limits = new Limits(OptionalLong.of(32 << 20), OptionalDouble.empty(), OptionalInt.empty());
        Exit alone = ended(command("c1", "/bin/tail", "/dev/zero").withLimits(limits));
        assertThat(alone.kind()).as(alone.text()).isEqualTo(Exit.Kind.OOM);
        assertThat(alone.text()).isEqualTo("OOM: over 32 MiB");
        Exit inShell = ended(
                command("c2", "/bin/sh", "-c", "/bin/tail /dev/zero; exit $?").withLimits(limits));
        assertThat(inShell.kind()).as(inShell.text()).isEqualTo(Exit.Kind.OOM);
    }

    @Test
    void a_sigkill_without_memory_trouble_is_no_oom() throws Exception {
        Limits limits = Limits.of(64 << 20, 1, 20);
        assertThat(ended(command("c1", "/bin/sh", "-c", "kill -9 $$").withLimits(limits))
                        .kind())
                .isEqualTo(Exit.Kind.SIGNALLED);
    }

    @Test
    void a_fork_bomb_stays_within_its_pids_limit() throws Exception {
        Limits limits = new Limits(OptionalLong.empty(), OptionalDouble.empty(), OptionalInt.of(16));
        // Each round leaves sleepers behind until no more can be made; the shell that tried then gives up.
        Sandbox bomb = sandboxes.start(
                command("c1", "/bin/sh", "-c", "(while :; do sleep 60 & done) 2>/dev/null; echo full; exec sleep 60")
                        .withLimits(limits));
        until(() -> output("c1").equals("full\n"));
        assertThat(bomb.stats().pids()).isBetween(14, 16);
        bomb.kill();
        assertThat(bomb.stats().pids()).isZero();
    }

    @Test
    void cpu_time_is_limited_and_accounted_for() throws Exception {
        Limits limits = new Limits(OptionalLong.empty(), OptionalDouble.of(0.2), OptionalInt.empty());
        Sandbox busy = sandboxes.start(
                command("c1", "/bin/sh", "-c", "while :; do :; done").withLimits(limits));
        assertThat(busy.awaitExit(Duration.ofSeconds(1))).isEmpty();
        busy.kill();
        assertThat(busy.stats().cpuSeconds()).isBetween(0.05, 0.45);
    }

    @Test
    void uid_0_inside_is_an_unprivileged_uid_outside() throws Exception {
        Sandbox sandbox = sandboxes.start(command("c1", "/bin/sh", "-c", "id -u; exec sleep 60"));
        until(() -> output("c1").equals("0\n"));
        int first = sandbox.spec().namespaces().user().orElseThrow().first();
        assertThat(first).isGreaterThan(IdRange.DEFAULT.first() + IdRange.DEFAULT.count());
        assertThat(outside(sandbox.pid(), "Uid:")).isEqualTo(first + "\t" + first + "\t" + first + "\t" + first);
        assertThat(outside(sandbox.pid(), "CapEff:")).isEqualTo("00000000800405fb");
        assertThat(outside(sandbox.pid(), "CapAmb:")).isEqualTo("0000000000000000");
        assertThat(outside(sandbox.pid(), "CapInh:")).isEqualTo("0000000000000000");
        assertThat(outside(sandbox.pid(), "CapBnd:")).isEqualTo("00000000800405fb");
        assertThat(outside(sandbox.pid(), "NoNewPrivs:")).isEqualTo("1");
        assertThat(outside(sandbox.pid(), "SigBlk:")).isEqualTo("0000000000000000");
    }

    @Test
    void the_hosts_processes_mounts_and_network_are_not_seen() throws Exception {
        ended(command("c1", "/bin/sh", "-c", "ps -o pid,args; echo; ip -o link; hostname; cat /proc/mounts"));
        String output = output("c1");
        assertThat(output.split("\n\n")[0].lines()).hasSize(4);
        assertThat(output).contains("1: lo: <LOOPBACK,UP").doesNotContain("2: ").contains("\nc1\n");
        assertThat(output).doesNotContain("ext4").contains("overlay / overlay");
    }

    @Test
    void it_inherits_no_descriptor_but_the_three() throws Exception {
        ended(command("c1", "/bin/ls", "/proc/1/task/1/fd", "/proc/self/fd"));
        ended(command("c2", "/bin/sh", "-c", "ls /proc/$$/fd; readlink /proc/self/fd/0"));
        assertThat(output("c2")).startsWith("0\n1\n2\n");
        assertThat(output("c2").lines().filter(l -> l.matches("[0-9]+"))).containsExactly("0", "1", "2");
    }

    @Test
    void its_pid_1_can_be_neither_read_nor_ended_from_inside() throws Exception {
        Exit exit = ended(command(
                "c1",
                "/bin/sh",
                "-c",
                "kill -9 1; kill -TERM 1; cat /proc/1/exe > /dev/null || echo unreadable; cat /proc/1/mem |"
                        + " head -c 1; exit 3"));
        assertThat(exit.code()).isEqualTo(3);
        assertThat(output("c1")).contains("unreadable");
    }

    @Test
    void kernel_files_are_masked_or_read_only() throws Exception {
        ended(command(
                "c1",
                "/bin/sh",
                "-c",
                "wc -c < /proc/keys; wc -c < /proc/timer_list; echo 1 > /proc/sys/kernel/hostname; "
                        + "touch /proc/sys/x; mount -t tmpfs x /tmp; mknod /tmp/d b 8 0; umount /proc/keys; true"));
        assertThat(output("c1")).startsWith("0\n0\n");
        assertThat(output("c1")
                        .lines()
                        .filter(l -> l.contains("ead-only") || l.contains("ermission") || l.contains("permitted")))
                .hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    void user_groups_environment_and_working_directory_are_as_asked() throws Exception {
        ended(command("c1", "sh", "-c", "id; pwd; echo $A $HOME $PATH; touch made; ls -ln made; umask")
                .withUser("web")
                .withEnv(Map.of("A", "b c", "PATH", "/nowhere:/bin"))
                .withWorkingDirectory("/tmp/deep/er"));
        assertThat(output("c1"))
                .contains(
                        "uid=1000(web) gid=1000(web) groups=2000(logs)",
                        "/tmp/deep/er\n",
                        "b c /srv /nowhere:/bin\n",
                        "0022");
        ended(command("c2", "/bin/id").withUser("5:6"));
        assertThat(output("c2")).isEqualTo("uid=5 gid=6\n");
        assertThatThrownBy(() -> sandboxes.start(command("c3", "/bin/id").withUser("4294967296")))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("'4294967296' is neither a name");
    }

    @Test
    void dev_stdout_can_be_opened_by_its_user() throws Exception {
        ended(command(
                        "c1",
                        "/bin/sh",
                        "-c",
                        "echo hello >> /dev/stdout; echo x > /dev/null; head -c 1 /dev/zero | wc -c")
                .withUser("web"));
        assertThat(output("c1")).isEqualTo("hello\n1\n");
    }

    @Test
    void volumes_are_mounted_and_kept_read_only_where_asked() throws Exception {
        Path data = Files.createDirectory(temp.resolve("data"));
        Files.writeString(data.resolve("in"), "hello");
        Path config = Files.writeString(temp.resolve("config"), "conf");
        ended(command("c1", "/bin/sh", "-c", "cat /data/in /etc/app/conf; touch /data/x; echo > /etc/app/conf")
                .withMounts(List.of(new BindMount(data, "/data", true), new BindMount(config, "/etc/app/conf", true))));
        assertThat(output("c1")).startsWith("helloconf").contains("touch: /data/x: Read-only");
        assertThat(Files.readString(config)).isEqualTo("conf");
    }

    @Test
    void writing_in_it_changes_no_layer() throws Exception {
        ended(command("c1", "/bin/sh", "-c", "echo x > /new; echo evil > /bin/sh2; cat /etc/hosts /etc/hostname"));
        assertThat(root.resolve("new")).doesNotExist();
        assertThat(output("c1")).contains("127.0.0.1 localhost").endsWith("c1\n");
    }

    @Test
    void a_higher_layer_covers_a_lower_one() throws Exception {
        Path upper = temp.resolve("upper");
        Files.createDirectories(upper.resolve("etc"));
        Files.writeString(upper.resolve("etc/motd"), "from above");
        ended(SandboxSpec.of("c1", List.of(root, upper), List.of("/bin/cat", "/etc/motd", "/etc/passwd")));
        assertThat(output("c1")).startsWith("from above").contains("web:x:1000");
    }

    @Test
    void explain_lists_every_system_call_with_its_result_and_time() throws Exception {
        ended(command("c1", "/bin/true").withLimits(Limits.of(64 << 20, 1, 20)));
        Explanation explanation = sandboxes.find("c1").orElseThrow().explain();
        List<String> lines = explanation.lines();
        assertThat(lines)
                .anyMatch(l -> l.contains("mount(\"overlay\", \"/dev/root\", \"overlay\", 0,"
                        + " \"lowerdir=/dev/top:/dev/0,upperdir=upper,workdir=work,volatile,userxattr\") = 0"));
        assertThat(lines).anyMatch(l -> l.matches(".*agent .*/uid_map>, \"0 [0-9]+ 65536\\\\n\", [0-9]+\\) = [0-9]+"));
        assertThat(lines).anyMatch(l -> l.contains("pid 1 ") && l.contains("wait4"));
        assertThat(lines).anyMatch(l -> l.contains("execveat(4<slipway-pid1>, \"\", [\"/bin/true\", \"/bin/true\"]"));
        assertThat(lines).anyMatch(l -> l.contains("clone3("));
        assertThat(explanation.calls()).hasSizeGreaterThan(100);
        assertThat(explanation.calls().stream().filter(c -> c.failed() && !c.mayFail()))
                .isEmpty();
        assertThat(explanation.calls().stream()
                        .filter(c -> c.by().equals("child"))
                        .mapToDouble(c -> c.micros())
                        .filter(m -> !Double.isNaN(m))
                        .sum())
                .isBetween(20.0, 2_000_000.0);
    }

    @Test
    void a_start_that_fails_names_the_call_and_the_errno() {
        assertThatThrownBy(() -> sandboxes.start(command("c1", "/bin/missing")))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("there is no command '/bin/missing' in the container")
                .hasMessageContaining(
                        "faccessat(AT_FDCWD, \"/bin/missing\", X_OK) = ENOENT (no such file or directory)");
        assertThatThrownBy(() -> sandboxes.start(command("c2", "/bin/sh").withWorkingDirectory("/etc/passwd")))
                .hasMessageContaining("the working directory /etc/passwd is no directory in the container")
                .hasMessageMatching("(?s).*fchdir\\([0-9]+</etc/passwd>\\) = ENOTDIR.*");
        assertThatThrownBy(() -> sandboxes.start(SandboxSpec.of("c3", List.of(temp.resolve("none")), List.of("x"))))
                .hasMessageContaining("open_tree")
                .hasMessageContaining("ENOENT");
        assertThat(temp.resolve("state/c1")).doesNotExist();
    }

    @Test
    void a_file_that_the_kernel_cannot_execute_is_reported_with_its_errno() throws Exception {
        Path bad = Files.writeString(root.resolve("bin/bad"), "\0nothing");
        bad.toFile().setExecutable(true, false);
        Exit exit = ended(command("c1", "/bin/bad"));
        assertThat(exit.kind()).isEqualTo(Exit.Kind.NOT_EXECUTED);
        assertThat(exit.text())
                .startsWith("execve of '/bin/bad' failed: ENOEXEC (not an executable format): it is neither a program");
        assertThat(exit.code()).isEqualTo(126);
    }

    @Test
    void a_program_without_its_interpreter_is_told_from_one_that_is_not_there_and_one_without_permission()
            throws Exception {
        script("bin/bash-script", "#!/bin/bash -e\ntrue\n", true);
        script("bin/of-windows", "#!/bin/sh\r\ntrue\r\n", true);
        script("bin/forbidden", "#!/bin/sh\ntrue\n", false);
        BusyboxRoot.own(root);
        Exit exit = ended(command("c1", "bash-script"));
        assertThat(exit.text()).contains("it is there, but its interpreter /bin/bash is not in the container");
        assertThat(exit.code()).isEqualTo(127);
        assertThat(ended(command("c2", "of-windows")).text()).contains("ends with a carriage return");
        assertThatThrownBy(() -> sandboxes.start(command("c3", "forbidden").withEnv(Map.of("PATH", "/none:/bin:/etc"))))
                .hasMessageContaining("command 'forbidden' may not be executed: /bin/forbidden is no file that")
                .extracting(e -> ((SandboxException) e).code())
                .isEqualTo(126);
        assertThatThrownBy(() -> sandboxes.start(command("c4", "absent").withEnv(Map.of("PATH", "/none:/bin"))))
                .hasMessageContaining("command 'absent' was not found in the container's PATH, /none:/bin;")
                .extracting(e -> ((SandboxException) e).code())
                .isEqualTo(127);
        assertThatThrownBy(() -> sandboxes.start(command("c5", "echo hello")))
                .hasMessageContaining("as words of their own");
    }

    private void script(String path, String text, boolean executable) throws Exception {
        Files.writeString(root.resolve(path), text).toFile().setExecutable(executable, false);
    }

    @Test
    void stop_asks_first_and_the_application_may_end_as_it_likes() throws Exception {
        Sandbox polite = sandboxes.start(
                command("c1", "/bin/sh", "-c", "trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 0.05; done"));
        until(() -> output("c1").equals("up\n"));
        assertThat(polite.stop("SIGTERM", LONG).text()).isEqualTo("exited 7");
        assertThat(output("c1")).isEqualTo("up\nbye\n");
    }

    @Test
    void one_that_ignores_sigterm_is_killed_after_the_grace_with_all_it_started() throws Exception {
        Sandbox stubborn = sandboxes.start(
                command("c1", "/bin/sh", "-c", "trap '' TERM; sleep 1000 & sleep 1000 & echo up; wait"));
        until(() -> output("c1").equals("up\n"));
        long start = System.nanoTime();
        Exit exit = stubborn.stop("SIGTERM", Duration.ofMillis(300));
        assertThat(exit.text()).isEqualTo("killed by SIGKILL");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(300), LONG);
        assertThat(stubborn.stats().pids()).isZero();
    }

    @Test
    void orphans_inside_are_collected_and_do_not_end_it() throws Exception {
        Exit exit = ended(command(
                "c1", "/bin/sh", "-c", "(sleep 0.05 &) ; (exit 9 &); sleep 0.2; ps -o stat | grep -c Z; exit 5"));
        assertThat(exit.code()).isEqualTo(5);
        assertThat(output("c1")).isEqualTo("0\n");
    }

    @Test
    void many_start_at_once_from_virtual_threads() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Exit>> exits = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                String id = "c" + i;
                String code = Integer.toString(i);
                exits.add(threads.submit(() -> ended(command(id, "/bin/sh", "-c", "exit " + code))));
            }
            for (int i = 0; i < 40; i++) {
                assertThat(exits.get(i).get().code()).isEqualTo(i);
            }
        }
    }

    @Test
    void a_second_one_with_the_same_id_is_refused_and_the_first_goes_on() throws Exception {
        Sandbox first = sandboxes.start(command("c1", "/bin/sleep", "60"));
        assertThatThrownBy(() -> sandboxes.start(command("c1", "/bin/true")))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(first.state()).isEqualTo(Sandbox.State.RUNNING);
    }

    @Test
    void it_runs_without_a_user_namespace_when_asked() throws Exception {
        ended(command("c1", "/bin/sh", "-c", "id -u; cat /proc/self/uid_map")
                .withHostNamespace(Namespace.USER, "a test"));
        assertThat(output("c1")).startsWith("0\n").contains("4294967295");
    }

    private static String outside(int pid, String key) throws Exception {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).strip())
                .findFirst()
                .orElseThrow();
    }
}

package io.slipway.sandbox.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.linux.CallsExecutable;
import io.slipway.sandbox.Exit;
import io.slipway.sandbox.Privileges;
import io.slipway.sandbox.RealContainers;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.SandboxException;
import io.slipway.sandbox.SandboxSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Filters in the real kernel, in real containers. */
class FilteredContainerTest extends RealContainers {
    private static final int EPERM = 1;
    private static final int ENOSYS = 38;
    private static final long CLONE_NEWUSER = 0x10000000;
    private static final String ONLY_64_BIT = """
            {"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": []}""";

    private int started;

    private Sandbox run(Privileges privileges, String... argv) throws Exception {
        SandboxSpec spec = SandboxSpec.of("c" + ++started, List.of(root), List.of(argv));
        Sandbox sandbox = sandboxes.start(spec.withPrivileges(privileges));
        assertThat(sandbox.awaitExit(LONG)).isPresent();
        return sandbox;
    }

    private static Privileges with(Seccomp seccomp) {
        return Privileges.DEFAULT.withSeccomp(seccomp);
    }

    private long[] results(Privileges privileges, List<long[]> calls) throws Exception {
        install(CallsExecutable.of(calls));
        byte[] written = Files.readAllBytes(run(privileges, "/calls").stdoutLog());
        return IntStream.range(0, calls.size())
                .mapToLong(i -> CallsExecutable.result(written, i))
                .toArray();
    }

    private void install(byte[] executable) throws Exception {
        Path file = Files.write(root.resolve("calls"), executable);
        file.toFile().setExecutable(true, false);
    }

    private static long[] call(String name, long... arguments) {
        long[] call = new long[arguments.length + 1];
        call[0] = SyscallTable.number(Abi.ofMachine(), name).orElseThrow();
        System.arraycopy(arguments, 0, call, 1, arguments.length);
        return call;
    }

    @Test
    void application_and_pid_1_are_under_one_filter() throws Exception {
        Sandbox sandbox = run(Privileges.DEFAULT, "/bin/grep", "-h", "Seccomp", "/proc/self/status", "/proc/1/status");
        assertThat(output(sandbox)).isEqualTo("Seccomp:\t2\nSeccomp_filters:\t1\nSeccomp:\t2\nSeccomp_filters:\t1\n");
    }

    @Test
    void forbidden_calls_give_eperm_where_the_kernel_alone_would_answer_otherwise() throws Exception {
        List<String> names = List.of(
                "add_key",
                "bpf",
                "fsopen",
                "io_uring_setup",
                "kcmp",
                "kexec_load",
                "keyctl",
                "lookup_dcookie",
                "mount",
                "move_pages",
                "open_tree",
                "perf_event_open",
                "pidfd_getfd",
                "request_key",
                "userfaultfd");
        List<long[]> calls = new ArrayList<>();
        names.forEach(name -> calls.add(call(name, -1, -1, -1, -1, -1)));
        assertThat(results(Privileges.DEFAULT, calls)).containsOnly(-EPERM);
        long[] unconfined = results(with(Seccomp.unconfined("to see what the kernel says")), calls);
        assertThat(Arrays.stream(unconfined).filter(it -> it != -EPERM).count()).isGreaterThan(names.size() / 2);
    }

    @Test
    void arguments_decide_on_clone_socket_and_personality() throws Exception {
        long unixDomain = 1;
        long cryptography = 38;
        long hypervisor = 40;
        long addressesNotRandomized = 0x40000;
        long question = 0xffffffffL;
        long[] results = results(
                Privileges.DEFAULT,
                List.of(
                        call("clone", CLONE_NEWUSER | 17),
                        call("socket", cryptography, 5, 0),
                        call("socket", hypervisor, 1, 0),
                        call("personality", addressesNotRandomized),
                        call("clone3", 0, 0),
                        call("open_tree_attr", -1, 0, 0, 0, 0),
                        call("socket", unixDomain, 1, 0),
                        call("personality", question)));
        assertThat(results).startsWith(-EPERM, -EPERM, -EPERM, -EPERM, -ENOSYS, -ENOSYS);
        assertThat(results[6]).isNotNegative();
        assertThat(results[7]).isZero();
    }

    @Test
    void a_nested_user_namespace_is_refused_and_would_be_made_without_the_filter() throws Exception {
        String[] nest = {"/bin/busybox", "unshare", "-U", "/bin/echo", "nested"};
        assertThat(output(run(Privileges.DEFAULT, nest)))
                .contains("Operation not permitted")
                .doesNotContain("nested");
        assertThat(output(run(with(Seccomp.unconfined("to see it succeed")), nest)))
                .isEqualTo("nested\n");
        List<String> more = new ArrayList<>(Privileges.DEFAULT.capabilities());
        more.add("CAP_SYS_ADMIN");
        assertThat(output(run(Privileges.DEFAULT.withCapabilities(more), nest))).isEqualTo("nested\n");
    }

    @Test
    void a_call_that_kills_is_reported_as_sigsys() throws Exception {
        Seccomp kill = Seccomp.profile("""
                {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
                  {"names": ["sethostname"], "action": "SCMP_ACT_KILL_PROCESS"}]}""");
        Exit exit = run(with(kill), "/bin/hostname", "other").exit().orElseThrow();
        assertThat(exit.kind()).isEqualTo(Exit.Kind.SIGNALLED);
        assertThat(exit.text()).isEqualTo("killed by SIGSYS");
        assertThat(exit.code()).isEqualTo(128 + 31);
    }

    @Test
    void calls_of_another_architecture_are_filtered_by_its_own_numbers_or_kill() throws Exception {
        // mov eax, 20 (getpid); int 0x80, the 32-bit way; then exit 7 the native way.
        install(CallsExecutable.ofCode(code(0xb8, 20, 0, 0, 0, 0xcd, 0x80)));
        // A machine may have no 32-bit calls at all (ia32_emulation=0, some virtual ones): then the processor refuses
        // before any filter.
        boolean offered =
                new ProcessBuilder(root.resolve("calls").toString()).start().waitFor() == 7;
        assertThat(run(Privileges.DEFAULT, "/calls").exit().orElseThrow().text())
                .isEqualTo(offered ? "exited 7" : "killed by SIGSEGV");
        assertThat(run(with(Seccomp.profile(ONLY_64_BIT)), "/calls")
                        .exit()
                        .orElseThrow()
                        .text())
                .isEqualTo(offered ? "killed by SIGSYS" : "killed by SIGSEGV");
        // mov eax, 0x40000027 (x32's getpid); syscall
        install(CallsExecutable.ofCode(code(0xb8, 0x27, 0, 0, 0x40, 0x0f, 0x05)));
        assertThat(run(Privileges.DEFAULT, "/calls").exit().orElseThrow().text())
                .isEqualTo("exited 7");
        assertThat(run(with(Seccomp.profile(ONLY_64_BIT)), "/calls")
                        .exit()
                        .orElseThrow()
                        .text())
                .isEqualTo("killed by SIGSYS");
    }

    private static byte[] code(int... first) {
        int[] exit = {0xbf, 7, 0, 0, 0, 0xb8, 60, 0, 0, 0, 0x0f, 0x05};
        byte[] code = new byte[first.length + exit.length];
        for (int i = 0; i < code.length; i++) {
            code[i] = (byte) (i < first.length ? first[i] : exit[i - first.length]);
        }
        return code;
    }

    @Test
    void a_profile_that_breaks_pid_1_is_refused_before_anything_is_made() {
        Seccomp deaf = Seccomp.profile("""
                {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["wait4"], "action": "SCMP_ACT_ERRNO"}]}""");
        assertThatThrownBy(() -> run(with(deaf), "/bin/true"))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("the seccomp profile cannot be used: it forbids wait4 (ERRNO 1)");
        assertThat(temp.resolve("state/c1")).doesNotExist();
    }

    @Test
    void a_container_without_a_filter_has_none_and_says_why() throws Exception {
        Seccomp none = Seccomp.unconfined("a profiler needs perf_event_open");
        Sandbox sandbox = run(with(none), "/bin/grep", "Seccomp:", "/proc/self/status");
        assertThat(output(sandbox)).isEqualTo("Seccomp:\t0\n");
        assertThat(sandbox.spec().privileges().seccomp().detail()).isEqualTo("a profiler needs perf_event_open");
        assertThatThrownBy(() -> Seccomp.unconfined(" "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs a reason");
    }

    @Test
    void the_explanation_shows_the_filter_as_the_last_call_before_the_exec() throws Exception {
        List<String> calls = run(Privileges.DEFAULT, "/bin/true").explain().calls().stream()
                .filter(call -> call.by().equals("child"))
                .map(call -> call.text() + " = " + call.result())
                .toList();
        assertThat(calls.get(calls.size() - 2))
                .matches("seccomp\\(SECCOMP_SET_MODE_FILTER, 0, \\{len=[0-9]+, default ERRNO 1,"
                        + " [0-9]+ allowed, [0-9]+ by argument}\\) = 0");
        assertThat(calls.getLast()).startsWith("execveat(");
    }

    @Test
    void the_kernel_decides_on_random_conditions_as_their_rules_say() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("FilteredContainerTest seed=" + seed + " (repeat with -Dseed=" + seed + ")");
        SplittableRandom random = new SplittableRandom(seed);
        Target target = Target.here(Set.of());
        for (int round = 0; round < 4; round++) {
            List<Rule> rules = RandomProfiles.rules(random, "nfsservctl", 12);
            Profile profile = new Profile(Action.of(Action.Kind.ALLOW), Set.of(), 0, rules);
            List<long[]> calls = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                calls.add(call("nfsservctl", RandomProfiles.arguments(profile, random)));
            }
            long[] results = results(with(Seccomp.profile(RandomProfiles.json(profile))), calls);
            for (int i = 0; i < calls.size(); i++) {
                long[] arguments = Arrays.copyOfRange(calls.get(i), 1, 7);
                Action expected =
                        DirectReading.of(profile, target, target.machine().audit(), (int) calls.get(i)[0], arguments);
                // The call itself was taken out of Linux 3.1.
                long errno = expected.lets() ? ENOSYS : expected.data();
                assertThat(results[i])
                        .as(Arrays.toString(arguments) + " under " + profile)
                        .isEqualTo(-errno);
            }
        }
    }
}

package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.NativeLibrary;
import io.slipway.linux.CallsExecutable;
import io.slipway.linux.Descriptor;
import io.slipway.linux.PidOne;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Each attack twice (src/docs/attacks.md): on a container as it is made, where it fails, and on one without the one thing that stops it, where it
 * succeeds. All that is reached is below a temporary directory, or belongs to the container itself.
 */
class CountermeasureTest extends RealContainers {
    private static final String SECRET = "the host's own words";

    private Path outside;
    private int attempts;

    @BeforeEach
    void make_a_place_of_the_host() throws Exception {
        // Only the container's walls are to keep it out, not permissions.
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        outside = Files.createDirectory(temp.resolve("outside"));
        Files.setPosixFilePermissions(outside, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.writeString(outside.resolve("secret"), SECRET);
    }

    private SandboxSpec spec(String script) {
        return spec("c" + attempts++, script);
    }

    private static SandboxSpec asRootOfTheHost(SandboxSpec spec) {
        return spec.withHostNamespace(Namespace.USER, "to see what else holds");
    }

    /** What it wrote; or that, and why, it was refused. */
    private String attempt(SandboxSpec spec, Omission omission) throws Exception {
        try {
            Sandbox sandbox = sandboxes.startWithout(spec.withId("c" + attempts++), omission);
            assertThat(sandbox.awaitExit(LONG)).as("it ends within " + LONG).isPresent();
            return output(sandbox);
        } catch (SandboxException e) {
            return "refused: " + e.getMessage();
        }
    }

    private static Descriptor open(Path directory) throws IOException {
        return Syscalls.open(directory, Syscalls.O_RDONLY | Syscalls.O_DIRECTORY, 0);
    }

    /** CVE-2024-21626. */
    @Test
    void a_working_directory_behind_a_descriptor_of_the_runtime() throws Exception {
        try (Descriptor held = open(outside)) {
            SandboxSpec plain = spec("cat ./secret");
            SandboxSpec spec = plain.withWorkingDirectory("/proc/self/fd/" + held.number());
            assertThat(attempt(spec, Omission.NONE)).startsWith("refused");
            // Closed by then, so that not even who follows links comes there.
            assertThat(attempt(spec, Omission.NONE.and(Weakening::followLinks))).startsWith("refused");
            Omission leaking = Weakening.leaking(held);
            SandboxSpec leaked = plain.withWorkingDirectory("/proc/self/fd/" + Weakening.LEAKED);
            assertThat(attempt(leaked, leaking)).startsWith("refused");
            assertThat(attempt(leaked, leaking.and(Weakening::followLinks))).isEqualTo(SECRET);
        }
    }

    /** CVE-2024-21626. */
    @Test
    void a_descriptor_of_the_runtime_that_is_left_open() throws Exception {
        try (Descriptor held = open(outside)) {
            SandboxSpec spec = spec("for f in /proc/self/fd/*; do cat $f/secret; done 2>/dev/null");
            assertThat(attempt(spec, Omission.NONE.pidOne())).isEmpty();
            assertThat(attempt(spec, Weakening.leaking(held))).isEqualTo(SECRET);
        }
    }

    /** CVE-2024-45310: what the swapping of a directory for a link comes to when the link wins. */
    @Test
    void a_volume_whose_place_is_a_link_to_the_host() throws Exception {
        Path data = Files.createDirectory(temp.resolve("data"));
        Files.createSymbolicLink(root.resolve("vol"), outside);
        SandboxSpec spec = spec("true").withMounts(List.of(new BindMount(data, "/vol/deep/er", false)));
        attempt(spec, Omission.NONE);
        assertThat(outside.resolve("deep")).doesNotExist();
        attempt(spec, Omission.NONE.and(Weakening::followLinks));
        assertThat(outside.resolve("deep/er")).isDirectory();
    }

    /** CVE-2019-19921, CVE-2023-27561. */
    @Test
    void a_volume_with_a_link_to_proc_and_one_on_that_link() throws Exception {
        Path links = Files.createDirectory(temp.resolve("links"));
        Files.createSymbolicLink(links.resolve("a"), Path.of("/proc"));
        Path fake = Files.createDirectory(temp.resolve("fake"));
        Files.writeString(fake.resolve("planted"), "planted");
        for (String volume : List.of("/vol", "/dev/vol")) {
            SandboxSpec spec = spec("cat /proc/planted; grep -c Name /proc/1/status")
                    .withMounts(
                            List.of(new BindMount(links, volume, false), new BindMount(fake, volume + "/a", false)));
            assertThat(attempt(spec, Omission.NONE))
                    .as(volume)
                    .doesNotContain("planted\n1")
                    .doesNotStartWith("planted");
            if (volume.startsWith("/dev")) {
                assertThat(attempt(spec, Omission.NONE.and(Weakening::followLinks)))
                        .startsWith("planted")
                        .doesNotContain("\n1\n");
            }
        }
    }

    /** CVE-2025-31133. */
    @Test
    void masks_that_are_taken_from_the_images_dev_null() throws Exception {
        Files.createDirectories(root.resolve("dev"));
        Files.createSymbolicLink(root.resolve("dev/null"), Path.of("/proc/interrupts"));
        BusyboxRoot.own(root);
        SandboxSpec spec = spec("cat /proc/interrupts");
        assertThat(attempt(spec, Omission.NONE)).isEmpty();
        assertThat(attempt(spec, Weakening.devicesOfTheImage())).contains("CPU0");
    }

    /** CVE-2025-52565: the kernel file that is written is the container's own host name, which is nobody else's. */
    @Test
    void a_console_that_is_bound_from_the_images_dev() throws Exception {
        Path terminals = Files.createDirectories(root.resolve("dev/pts"));
        Files.createSymbolicLink(terminals.resolve("0"), Path.of("/proc/sys/kernel/hostname"));
        Files.createFile(root.resolve("dev/console"));
        Files.createFile(root.resolve("dev/null"));
        BusyboxRoot.own(root);
        SandboxSpec spec = asRootOfTheHost(spec("echo evil > /dev/console; cat /proc/sys/kernel/hostname"))
                .withHostname("ship");
        Omission others = Weakening.devicesOfTheImage();
        assertThat(attempt(spec, Omission.NONE)).isEqualTo("ship\n");
        assertThat(attempt(spec, Weakening.binding(Omission.NONE, "/dev/pts/0", "/dev/console")))
                .isEqualTo("ship\n");
        assertThat(attempt(spec, Weakening.binding(others, "/dev/pts/0", "/dev/console")))
                .isEqualTo("evil\n");
    }

    /** CVE-2025-52881. */
    @Test
    void a_kernel_parameter_that_the_image_has_as_a_link() throws Exception {
        for (String path : KernelFiles.MASKED_DIRECTORIES) {
            Files.createDirectories(root.resolve(path.substring(1)));
        }
        for (String path : KernelFiles.READ_ONLY_PATHS) {
            Files.createDirectories(root.resolve(path.substring(1)));
        }
        Path parameter = root.resolve("proc/sys/net/ipv4/ip_forward");
        Files.createDirectories(parameter.getParent());
        for (String path : KernelFiles.MASKED_FILES) {
            Files.createFile(root.resolve(path.substring(1)));
        }
        Files.createSymbolicLink(parameter, Path.of("/shared/secret"));
        BusyboxRoot.own(root);
        SandboxSpec plain = spec("cat /proc/sys/net/ipv4/ip_forward")
                .withMounts(List.of(new BindMount(outside, "/shared", false, true)));
        SandboxSpec spec = plain.withNamespaces(plain.namespaces().withSysctls(Map.of("net.ipv4.ip_forward", "1")));
        assertThat(attempt(spec, Omission.NONE)).isEqualTo("1\n");
        assertThat(outside.resolve("secret")).hasContent(SECRET);
        attempt(spec, Omission.NONE.calls("mount\\(\"proc\", \"/proc\", .*"));
        assertThat(outside.resolve("secret")).hasContent("1" + SECRET.substring(1));
    }

    /** CVE-2024-40635: the kernel takes the lower 32 bits of an id. */
    @Test
    void a_user_that_wraps_around_to_root() throws Exception {
        SandboxSpec spec = spec("id -u");
        assertThat(attempt(spec.withUser("4294967296"), Omission.NONE)).startsWith("refused");
        assertThat(attempt(spec.withUser("1000"), Omission.NONE)).isEqualTo("1000\n");
        assertThat(attempt(spec.withUser("1000"), Weakening.user(4294967296L))).isEqualTo("0\n");
    }

    /** CVE-2020-15257. */
    @Test
    void an_abstract_socket_of_the_host() throws Exception {
        String name = "\0slipway-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
        byte[] address = Arrays.copyOf(("\1\0" + name).getBytes(StandardCharsets.US_ASCII), 48);
        long[] carrier = CallsExecutable.carrying(SyscallNumber.SETSID.number(), address);
        byte[] connect =
                CallsExecutable.of(List.of(carrier, new long[] {SyscallNumber.SOCKET.number(), 1, 1, 0}, new long[] {
                    SyscallNumber.CONNECT.number(), 3, CallsExecutable.addressOf(0), name.length() + 2
                }));
        Path file = Files.write(root.resolve("bin/connect"), connect);
        assertThat(file.toFile().setExecutable(true, false)).isTrue();
        SandboxSpec spec = SandboxSpec.of("c", List.of(root), List.of("/bin/connect"));
        NativeLibrary c = NativeLibrary.getInstance("c");
        int socket = c.getFunction("socket").invokeInt(new Object[] {1, 1, 0});
        try {
            assertThat(c.getFunction("bind").invokeInt(new Object[] {socket, address, name.length() + 2}))
                    .isZero();
            assertThat(c.getFunction("listen").invokeInt(new Object[] {socket, 8}))
                    .isZero();
            int refused = -111;
            assertThat(connected(spec)).isEqualTo(refused);
            assertThat(connected(spec.withHostNamespace(Namespace.NET, "to see what it is good for")))
                    .isZero();
        } finally {
            c.getFunction("close").invokeInt(new Object[] {socket});
        }
    }

    private long connected(SandboxSpec spec) throws Exception {
        Sandbox sandbox = sandboxes.start(spec.withId("c" + attempts++));
        assertThat(sandbox.awaitExit(LONG)).isPresent();
        return CallsExecutable.result(Files.readAllBytes(sandbox.stdoutLog()), 2);
    }

    /** CVE-2019-5736: by a process that stays, on a container that joins its own and ends. */
    @Test
    void the_file_that_pid_1_is_executed_from() throws Exception {
        Path runtime = Files.write(temp.resolve("runtime"), PidOne.PLAIN.executable());
        assertThat(runtime.toFile().setExecutable(true, false)).isTrue();
        Path shared = Files.createDirectory(temp.resolve("shared"));
        BindMount mount = new BindMount(shared, "/shared", false, true);
        Sandbox attacker = sandboxes.start(spec("exec sleep 1000").withMounts(List.of(mount)));
        IdRange ids = attacker.spec().namespaces().user().orElseThrow();
        // As it is where a container's root is the host's.
        Syscalls.chown(runtime, ids.first(), ids.first());
        SandboxSpec plain =
                spec("until [ -e /shared/looked ]; do sleep 0.01; done").withMounts(List.of(mount));
        SandboxSpec victim = plain.withNamespaces(
                plain.namespaces().withJoined(new Namespaces.Joined(attacker.id(), List.of(Namespace.PID))));
        assertThat(overwrite(attacker, victim, Omission.NONE)).isEqualTo("looked\n");
        Files.delete(shared.resolve("looked"));
        try (Descriptor file = Syscalls.open(runtime, Syscalls.O_RDONLY, 0)) {
            assertThat(overwrite(attacker, victim, Weakening.pidOneOf(file))).isEqualTo("looked\nwritten\n");
        }
        assertThat(runtime).hasContent("evil");
    }

    /** Holds the file of each process that executes anything but busybox, and writes to it once it is executed no more. */
    private String overwrite(Sandbox attacker, SandboxSpec victim, Omission omission) throws Exception {
        String attack = "look() { for p in /proc/[0-9]*; do case $(readlink $p/exe) in ''|*busybox) ;; *)"
                + " { touch /shared/looked; echo looked;"
                + " n=0; until echo evil > /proc/self/fd/3 || [ $n -gt 2000 ]; do sleep 0.01; n=$((n+1)); done 2>/dev/null;"
                + " grep -q evil /proc/self/fd/3 && echo written; exit; } 3< $p/exe;; esac; done; };"
                + " n=0; while [ $n -lt 5 ]; do look; n=$((n+1)); done 2>/dev/null; touch /shared/looked; echo looked";
        Sandbox joined = sandboxes.startWithout(victim.withId("c" + attempts++), omission);
        ExecSpec spec = ExecSpec.of(List.of("sh", "-c", attack)).withAtMost(Optional.of(LONG));
        try (Exec exec = attacker.exec(spec)) {
            String out = new String(exec.output().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(joined.awaitExit(LONG)).isPresent();
            return out;
        }
    }

    /** CVE-2022-0492: on a hierarchy without controllers that is made for it, so that no other has its agent changed. */
    @Test
    void the_release_agent_of_a_version_1_hierarchy() throws Exception {
        String name = "slipway-" + ProcessHandle.current().pid();
        Path agent = Files.writeString(temp.resolve("agent"), "#!/bin/sh\necho \"$@\" > " + outside + "/ran\n");
        assertThat(agent.toFile().setExecutable(true, false)).isTrue();
        List<String> more = new ArrayList<>(Privileges.DEFAULT.capabilities());
        more.add("CAP_SYS_ADMIN");
        SandboxSpec plain = spec("mkdir /tmp/g; cd /tmp/g; mount -t cgroup -o none,name=" + name
                        + " cgroup . || exit 1; cd /tmp/g;"
                        + " mkdir slipway-c; echo 1 > slipway-c/notify_on_release; echo " + agent + " > release_agent;"
                        + " sh -c 'echo $$ > slipway-c/cgroup.procs'; n=0;"
                        + " until [ -e /shared/ran ] || [ $n -gt 1000 ]; do sleep 0.01; n=$((n+1)); done;"
                        + " echo > release_agent; busybox rmdir slipway-c; cat /shared/ran")
                .withMounts(List.of(new BindMount(outside, "/shared", true)));
        SandboxSpec able = plain.withPrivileges(plain.privileges().withCapabilities(more))
                .withHostNamespace(Namespace.CGROUP, "to see what else holds");
        try {
            assertThat(attempt(plain, Omission.NONE)).contains("mount").doesNotContain("/slipway-c");
            assertThat(attempt(asRootOfTheHost(plain), Omission.NONE))
                    .contains("mount")
                    .doesNotContain("/slipway-c");
            assertThat(attempt(able, Omission.NONE)).contains("mount").doesNotContain("/slipway-c");
            assertThat(outside.resolve("ran")).doesNotExist();
            assertThat(attempt(asRootOfTheHost(able), Omission.NONE)).isEqualTo("/slipway-c\n");
        } finally {
            takeAway(name);
        }
    }

    /** A hierarchy whose group was still being freed when it was unmounted stays until it is mounted and unmounted once more, and then goes soon. */
    private void takeAway(String name) throws Exception {
        Path place = Files.createDirectories(temp.resolve("hierarchy"));
        String script = "mount -t cgroup -o none,name=" + name + " cgroup " + place + "; rmdir " + place + "/slipway-c;"
                + " umount " + place;
        for (int round = 0; round < 3 && isListed(name); round++) {
            new ProcessBuilder("unshare", "--mount", "--propagation", "private", "sh", "-c", script)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (isListed(name) && System.nanoTime() < end) {
                LockSupport.parkNanos(1_000_000);
            }
        }
        assertThat(isListed(name)).as("the hierarchy " + name).isFalse();
    }

    private static boolean isListed(String hierarchy) throws IOException {
        return Files.readString(Path.of("/proc/self/cgroup")).contains(hierarchy);
    }
}

package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.sandbox.cgroup.Limits;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ways out of a container that other runtimes had (src/docs/attacks.md says which test is which CVE's). */
class EscapeTest extends RealContainers {
    private static final String SECRET = "the host's own words";

    private Path secret;

    @BeforeEach
    void put_a_secret_outside() throws Exception {
        // Everyone's to read: only the container's walls keep it from them.
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        secret = Files.writeString(temp.resolve("secret"), SECRET);
    }

    @AfterEach
    void nothing_of_the_host_was_changed() throws Exception {
        assertThat(Files.readString(secret)).isEqualTo(SECRET);
    }

    @Test
    void a_working_directory_behind_a_descriptor_of_the_runtime_leads_nowhere() throws Exception {
        for (int fd = 3; fd < 48; fd++) {
            String id = "c" + fd;
            SandboxSpec spec = spec(id, "cat ../../../../../../../../.." + secret + "; readlink /proc/self/cwd; exit 0")
                    .withWorkingDirectory("/proc/self/fd/" + fd);
            assertThat(tolerated(spec)).as("/proc/self/fd/" + fd).isEqualTo("refused");
        }
        for (String link : List.of("/proc/self/cwd", "/proc/self/root", "/proc/1/root")) {
            assertThat(tolerated(spec("own" + link.hashCode(), "true").withWorkingDirectory(link)))
                    .as(link)
                    .isEqualTo("refused");
        }
    }

    @Test
    void a_link_in_the_image_leads_a_working_directory_no_further_than_its_root() throws Exception {
        Files.createSymbolicLink(root.resolve("out"), Path.of("../../../../../../.." + temp));
        assertThat(tolerated(spec("c1", "pwd; cat secret").withWorkingDirectory("/out")))
                .doesNotContain(SECRET);
    }

    @Test
    void the_runtime_cannot_be_written_through_proc() throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        String was = digest(java);
        Sandbox self = sandboxes.start(SandboxSpec.of("self", List.of(root), List.of("/proc/self/exe", "x")));
        String out = run(spec(
                "c1",
                "i=0; while [ $i -lt 200 ]; do for p in /proc/[0-9]*; do"
                        + " (echo evil > $p/exe) 2>/dev/null && [ $p != /proc/$$ ] && echo written $p; done; i=$((i+1)); done; "
                        + "head -c 4 /proc/1/exe 2>/dev/null && echo read; true"));
        self.awaitExit(LONG);
        assertThat(out).doesNotContain("written", "read");
        assertThat(digest(java)).isEqualTo(was);
    }

    @Test
    void no_cgroup_hierarchy_can_be_mounted_or_written_from_inside() throws Exception {
        String out = run(spec(
                "c1",
                "mkdir /tmp/g; for t in memory pids cpu rdma devices; do mount -t cgroup -o $t cgroup /tmp/g && echo mounted $t; done;"
                        + " mount -t cgroup2 none /tmp/g && echo mounted v2;"
                        + " unshare -UrmC mount -t cgroup -o memory cgroup /tmp/g && echo mounted in a user namespace of its own;"
                        + " find / -name release_agent -o -name cgroup.procs 2>/dev/null; true"));
        assertThat(out).doesNotContain("mounted", "release_agent\n", "cgroup.procs\n");
        String without = run(spec(
                        "c2",
                        "mkdir /tmp/g; mount -t cgroup -o memory cgroup /tmp/g && echo mounted;"
                                + " unshare -UrmC mount -t cgroup -o memory cgroup /tmp/g && echo mounted; true")
                .withHostNamespace(Namespace.USER, "a test"));
        assertThat(without).doesNotContain("mounted");
    }

    @Test
    void sockets_of_the_host_are_not_seen() throws Exception {
        Path address = temp.resolve("socket");
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(address));
            assertThat(Files.readString(Path.of("/proc/net/unix"))).contains(address.toString());
            // Abstract ones are listed there too: what is not listed cannot be connected to.
            assertThat(run(spec("c1", "cat /proc/net/unix")).strip().lines()).hasSize(1);
        }
    }

    @Test
    void a_user_above_the_range_is_refused_and_does_not_wrap_to_root() {
        for (String user : List.of(
                "4294967296",
                "4294967295",
                "2147483648",
                "65536",
                "-1",
                "0x0",
                "1000:4294967296",
                "18446744073709551616")) {
            assertThatThrownBy(() -> sandboxes.start(spec("c1", "id").withUser(user)))
                    .as(user)
                    .isInstanceOf(SandboxException.class)
                    .hasMessageContaining("neither a name");
        }
    }

    @Test
    void devices_and_kernel_files_that_the_image_replaces_by_links_change_nothing_outside() throws Exception {
        Files.createSymbolicLink(root.resolve("dev"), Path.of("/proc"));
        Files.createSymbolicLink(root.resolve("sys"), Path.of("../../../../../../.." + temp));
        String pattern = Files.readString(Path.of("/proc/sys/kernel/core_pattern"));
        tolerated(spec(
                "c1",
                "echo evil > /proc/sys/kernel/core_pattern; echo evil > /dev/sys/kernel/core_pattern;"
                        + " echo evil > /sys/secret; cat /sys/secret; cat /proc/keys | head -c 1"));
        assertThat(Files.readString(Path.of("/proc/sys/kernel/core_pattern"))).isEqualTo(pattern);
    }

    @Test
    void a_dev_null_of_the_image_does_not_become_what_masks_kernel_files() throws Exception {
        Files.createDirectories(root.resolve("dev"));
        Files.createSymbolicLink(root.resolve("dev/null"), Path.of("/proc/sys/kernel/core_pattern"));
        Files.createSymbolicLink(root.resolve("dev/console"), Path.of("/proc/sys/kernel/core_pattern"));
        String out = run(spec(
                "c1",
                "stat -c '%F %t %T' /dev/null; wc -c < /proc/keys; wc -c < /proc/timer_list;"
                        + " echo evil > /proc/sys/kernel/core_pattern && echo written; true"));
        assertThat(out).startsWith("character special file 1 3\n0\n0\n").doesNotContain("written\n");
    }

    @Test
    void a_volume_whose_place_in_the_image_is_a_link_stays_beneath_the_root() throws Exception {
        Path data = Files.createDirectory(temp.resolve("data"));
        Files.writeString(data.resolve("mine"), "volume");
        Path outside = Files.createDirectory(temp.resolve("outside"));
        Files.createSymbolicLink(root.resolve("vol"), Path.of("../../../../../../.." + outside));
        tolerated(spec("c1", "ls /vol; echo evil > /vol/evil")
                .withMounts(List.of(new BindMount(data, "/vol/deep/er", false))));
        try (var files = Files.list(outside)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void a_volume_does_not_cover_kernel_files_by_way_of_a_link_in_another_volume() throws Exception {
        Path data = Files.createDirectory(temp.resolve("data"));
        Files.createSymbolicLink(data.resolve("a"), Path.of("/proc"));
        Files.createSymbolicLink(data.resolve("b"), Path.of("/proc/sys"));
        Path evil = Files.createDirectory(temp.resolve("evil"));
        Files.createDirectories(evil.resolve("self"));
        for (String target : List.of("/vol/a", "/vol/b")) {
            String out = tolerated(spec("c" + target.hashCode(), "ls /proc/1/status /proc/sys/kernel/hostname; true")
                    .withMounts(List.of(new BindMount(data, "/vol", false), new BindMount(evil, target, false))));
            assertThat(out).as(target).isIn("refused", "/proc/1/status\n/proc/sys/kernel/hostname\n");
        }
    }

    @Test
    void a_link_that_is_swapped_in_a_shared_volume_while_others_start_leads_none_of_them_out() throws Exception {
        Path shared = Files.createDirectory(temp.resolve("shared"));
        Path data = Files.createDirectory(temp.resolve("data"));
        Path outside = Files.createDirectory(temp.resolve("outside"));
        Sandbox swapper = sandboxes.start(spec(
                        "swapper",
                        "cd /shared; mkdir d; ln -s ../../../../../../.." + outside
                                + " l; while :; do mv -T d t; mv -T l d;" + " mv -T d l; mv -T t d; done 2>/dev/null")
                .withMounts(List.of(new BindMount(shared, "/shared", false, true))));
        int started = 0;
        for (int i = 0; i < 60; i++) {
            String out = tolerated(spec("c" + i, "echo evil > /shared/d/evil; true")
                    .withMounts(List.of(
                            new BindMount(shared, "/shared", false, true),
                            new BindMount(data, "/shared/d/made", false, true))));
            started += out.equals("refused") ? 0 : 1;
        }
        swapper.kill();
        assertThat(started).as("some must start, or nothing was tried").isPositive();
        try (var files = Files.list(outside)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void over_its_memory_limit_it_takes_nobody_of_the_host_with_it() throws Exception {
        Limits limits = new Limits(OptionalLong.of(32 << 20), OptionalDouble.empty(), OptionalInt.of(30));
        String out = run(spec("c1", "echo -1000 > /proc/self/oom_score_adj && echo lowered; tail /dev/zero; echo $?")
                .withLimits(limits));
        assertThat(out).doesNotContain("lowered\n").contains("137");
    }

    /** Its output, or {@code refused}: both are right, as long as nothing outside is reached. */
    private String tolerated(SandboxSpec spec) throws Exception {
        try {
            return run(spec);
        } catch (SandboxException e) {
            return "refused";
        }
    }

    private static String digest(Path file) throws Exception {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new AssertionError(file + " cannot be read any more", e);
        }
    }
}

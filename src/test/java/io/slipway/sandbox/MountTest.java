package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MountTest extends RealContainers {
    @Override
    List<String> kept() {
        return List.of("lock", "owner", "events.jsonl", ".volumes");
    }

    private Root layers() {
        return Root.of(List.of(root));
    }

    private void link(String at, String to) throws Exception {
        Path path = root.resolve(at);
        Files.deleteIfExists(path);
        Files.createDirectories(path.getParent());
        Files.createSymbolicLink(path, Path.of(to));
    }

    @Test
    void an_image_whose_kernel_directories_are_links_gets_the_real_ones_all_the_same() throws Exception {
        link("dev", "/proc");
        link("proc", "/etc");
        link("sys", "/tmp");
        String output =
                run(spec("c1", "cat /proc/self/comm; wc -c < /dev/null; ls /tmp; ls -d /dev/shm; wc -c < /proc/keys"));
        assertThat(output).isEqualTo("cat\n0\n/dev/shm\n0\n");
    }

    @Test
    void a_target_that_is_a_link_out_is_resolved_within_the_root() throws Exception {
        Path outside = Files.createDirectory(temp.resolve("outside"));
        Path inside = Path.of(root + outside.toString());
        Files.createDirectories(inside);
        BusyboxRoot.own(root);
        link("escape", "../../../../../../../../.." + outside);
        Path data = Files.createDirectory(temp.resolve("data"));
        Files.writeString(data.resolve("in"), "volume");
        String output = run(spec("c1", "cat /escape/sub/in " + outside + "/sub/in")
                .withMounts(List.of(new BindMount(data, "/escape/sub", true))));
        assertThat(output).isEqualTo("volumevolume");
        assertThat(outside).isEmptyDirectory();
        assertThat(inside).isEmptyDirectory();
    }

    @Test
    void a_target_or_working_directory_behind_a_link_into_proc_is_never_on_proc() throws Exception {
        Path data = Files.createDirectory(temp.resolve("data"));
        link("data", "/proc");
        String output = run(spec("c1", "cat /data/self/comm; ls /data/x")
                .withMounts(
                        List.of(new BindMount(data, "/data/x", true), new BindMount(data, "/data/self/attr", true))));
        assertThat(output).isEqualTo("cat\nls: /data/x: No such file or directory\n");
        link("data", "/proc/self/fd");
        assertThatThrownBy(() ->
                        sandboxes.start(spec("c2", "pwd").withMounts(List.of(new BindMount(data, "/data/x", true)))))
                .hasMessageContaining("openat2(AT_FDCWD, \"/data\"")
                .hasMessageContaining("ENOENT");
        for (int descriptor = 5; descriptor < 60; descriptor++) {
            SandboxSpec inside = spec("w" + descriptor, "pwd").withWorkingDirectory("/proc/self/fd/" + descriptor);
            assertThatThrownBy(() -> sandboxes.start(inside))
                    .as("a working directory that is a descriptor of the agent's (CVE-2024-21626)")
                    .hasMessageMatching("(?s).*openat2\\(AT_FDCWD, \"/proc/self/fd/[0-9]+\".*(ELOOP|ENOENT).*");
        }
    }

    @Test
    void targets_that_would_cover_the_kernels_files_are_refused() {
        for (String target :
                List.of("/", "", "data", "/proc", "/proc/self", "//proc/./sys", "/sys", "/dev", "/a/../b")) {
            assertThatThrownBy(() -> new TmpfsMount(target, TmpfsMount.DEFAULT_BYTES, 01777, false))
                    .as(target)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("mount target '" + target + "'");
        }
        BindMount one = new BindMount(temp, "/a/", true);
        assertThatThrownBy(() -> layers().withBinds(List.of(one)).withTmpfs(List.of(tmpfs("//a"))))
                .hasMessageContaining("two mounts have the target /a");
    }

    private static TmpfsMount tmpfs(String target) {
        return new TmpfsMount(target, TmpfsMount.DEFAULT_BYTES, TmpfsMount.DEFAULT_MODE, false);
    }

    @Test
    void a_tmpfs_has_its_size_and_mode_and_programs_in_it_run_only_where_asked() throws Exception {
        Root root = layers().withTmpfs(List.of(
                new TmpfsMount("/scratch", 1 << 20, 0750, false), new TmpfsMount("/run/x", 8 << 20, 01777, true)));
        String output = run(spec(
                        "c1",
                        "stat -c %a /scratch /run/x; dd if=/dev/zero of=/scratch/big bs=64k count=99 2>/dev/null;"
                                + " stat -c %s /scratch/big; cp /bin/busybox /run/x/true; /run/x/true && echo ran;"
                                + " rm /scratch/big; dd if=/bin/busybox of=/scratch/true bs=4k count=9 2>/dev/null;"
                                + " chmod 755 /scratch/true; /scratch/true; umount /scratch; mknod /run/x/d c 1 3")
                .withRoot(root));
        assertThat(output)
                .startsWith("750\n1777\n1048576\nran\n")
                .contains("/scratch/true: Permission denied")
                .contains("umount: can't unmount /scratch", "mknod: /run/x/d");
    }

    @Test
    void mounts_lie_upon_each_other_whatever_their_order() throws Exception {
        Path data = Files.createDirectory(temp.resolve("data"));
        Files.writeString(data.resolve("in"), "hello");
        Root root = layers().withBinds(List.of(new BindMount(data, "/a/b/c", true)))
                .withTmpfs(List.of(tmpfs("/a/b"), tmpfs("/a")));
        assertThat(run(spec("c1", "cat /a/b/c/in; touch /a/b/x /a/y && echo +; touch /a/b/c/z")
                        .withRoot(root)))
                .startsWith("hello+\n")
                .contains("touch: /a/b/c/z: Read-only file system");
    }

    @Test
    void a_read_only_root_can_be_written_to_only_where_something_is_mounted() throws Exception {
        Root root = layers().withReadOnly(true).withTmpfs(List.of(tmpfs("/tmp")));
        String output = run(spec("c1", "touch /x; echo > /etc/hosts; touch /tmp/a /dev/shm/b && echo written; pwd")
                .withRoot(root)
                .withWorkingDirectory("/srv/app"));
        assertThat(output)
                .startsWith("written\n/srv/app\n")
                .contains("touch: /x: Read-only file system", "can't create /etc/hosts: Read-only");
    }

    @Test
    void read_only_holds_also_for_what_is_mounted_below() throws Exception {
        Path data = Files.createDirectory(temp.resolve("data"));
        Path below = Files.createDirectory(data.resolve("below"));
        new ProcessBuilder("mount", "-t", "tmpfs", "slipway-test", below.toString())
                .inheritIO()
                .start()
                .waitFor();
        try {
            Files.writeString(below.resolve("in"), "deep");
            assertThat(run(spec("c1", "cat /data/below/in; touch /data/below/x")
                            .withMounts(List.of(new BindMount(data, "/data", true)))))
                    .startsWith("deep")
                    .contains("touch: /data/below/x: Read-only file system");
        } finally {
            new ProcessBuilder("umount", below.toString()).inheritIO().start().waitFor();
        }
    }

    @Test
    void a_named_volume_outlives_its_containers_and_belongs_to_the_applications_user() throws Exception {
        Root root = layers().withVolumes(List.of(new VolumeMount("orders", "/var/lib/orders", false)));
        assertThat(run(spec("c1", "echo one > /var/lib/orders/log; stat -c %u:%g /var/lib/orders")
                        .withRoot(root)
                        .withUser("web")))
                .isEqualTo("1000:1000\n");
        sandboxes.remove(sandboxes.find("c1").orElseThrow());
        Root readOnly = layers().withVolumes(List.of(new VolumeMount("orders", "/in", true)));
        assertThat(run(spec("c2", "cat /in/log; touch /in/x").withRoot(readOnly)))
                .startsWith("one\n")
                .contains("touch: /in/x: Read-only file system");
        assertThat(temp.resolve("state/.volumes")).isDirectory();
        assertThat(Files.getPosixFilePermissions(temp.resolve("state/.volumes")))
                .hasSize(3);
        assertThatThrownBy(() -> new VolumeMount("../x", "/in", true)).hasMessageContaining("'../x' is no name");
    }

    @Test
    void a_secret_is_read_by_the_applications_user_alone_and_written_down_nowhere() throws Exception {
        Root root = layers().withSecrets(List.of(new SecretMount("db", "/run/secrets/db")));
        byte[] content = "s3cr3t-value".getBytes(StandardCharsets.UTF_8);
        String output = run(
                spec(
                                "c1",
                                "cat /run/secrets/db; echo; stat -c '%a %u' /run/secrets/db; env; echo x > /run/secrets/db;"
                                        + " chmod 777 /run/secrets/db; cat /proc/mounts")
                        .withRoot(root)
                        .withUser("web"),
                Map.of("db", content));
        assertThat(output).startsWith("s3cr3t-value\n400 1000\n").doesNotContain("=s3cr3t-value");
        assertThat(output).contains("tmpfs /run/secrets/db tmpfs ro,nosuid,nodev,noexec");
        assertThat(output).contains("can't create /run/secrets/db", "chmod: /run/secrets/db: Read-only");
        Sandbox sandbox = sandboxes.find("c1").orElseThrow();
        assertThat(sandbox.explain().lines()).anyMatch(line -> line.contains("<secret db>"));
        try (var files = Files.walk(temp.resolve("state"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                // What it printed itself is in its output, and in the log that is taken over from there.
                boolean printed = file.equals(sandbox.stdoutLog())
                        || file.startsWith(sandbox.stdoutLog().resolveSibling("log"));
                if (!printed) {
                    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                            .as(file.toString())
                            .doesNotContain("s3cr3t");
                }
            }
        }
        assertThatThrownBy(() -> sandboxes.start(spec("c2", "true").withRoot(root)))
                .hasMessageContaining("the content of secret db was not given");
    }

    @Test
    void something_can_be_mounted_on_dev_and_on_the_files_that_tell_the_machines_size() throws Exception {
        Path info = Files.writeString(temp.resolve("meminfo"), "MemTotal: 1 kB\n");
        Root root = layers().withBinds(List.of(new BindMount(info, "/proc/meminfo", true)))
                .withTmpfs(List.of(new TmpfsMount("/dev/shm", 1 << 20, 01777, false)));
        assertThat(run(spec("c1", "cat /proc/meminfo; grep -c 'dev/shm.*size=1024k' /proc/mounts")
                        .withRoot(root)))
                .isEqualTo("MemTotal: 1 kB\n1\n");
    }

    @Test
    void a_file_on_a_directory_or_the_other_way_round_is_told_in_words_with_what_to_do() throws Exception {
        Path file = Files.writeString(temp.resolve("motd"), "hello");
        Path directory = Files.createDirectory(temp.resolve("data"));
        link("dangling", "/nowhere");
        refused(new BindMount(file, "/etc", true), file + " is a file, and the container has a directory at /etc");
        refused(new BindMount(file, "/etc", true), "e.g. at /etc/motd [move_mount(");
        refused(
                new BindMount(directory, "/etc/passwd", true),
                directory + " is a directory, and the container has a file at /etc/passwd");
        refused(new BindMount(directory, "/etc/passwd/x", true), "/etc/passwd/x, is no directory in the container");
        refused(new BindMount(file, "/dangling", true), "/dangling, is not there in the container");
        Root secret = layers().withSecrets(List.of(new SecretMount("key", "/etc")));
        assertThatThrownBy(() -> sandboxes.start(spec("c1", "true").withRoot(secret), Map.of("key", new byte[1])))
                .hasMessageContaining("secret key is a file, and the container has a directory at /etc");
        Root tmpfs = layers().withTmpfs(List.of(new TmpfsMount("/etc/passwd", 4096, 0755, false)));
        assertThatThrownBy(() -> sandboxes.start(spec("c1", "true").withRoot(tmpfs)))
                .hasMessageContaining("the tmpfs is a directory, and the container has a file at /etc/passwd");
    }

    private void refused(BindMount mount, String message) {
        assertThatThrownBy(() -> sandboxes.start(spec("c1", "true").withMounts(List.of(mount))))
                .hasMessageContaining(message);
    }
}

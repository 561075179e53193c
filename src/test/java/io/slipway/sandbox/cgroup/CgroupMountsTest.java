package io.slipway.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupMountsTest {
    @TempDir
    Path temp;

    @Test
    void eachControllerIsFoundInItsVersion() throws Exception {
        Path unified = Files.createDirectory(temp.resolve("unified"));
        Files.writeString(unified.resolve("cgroup.controllers"), "cpuset io hugetlb\n");
        CgroupMounts mounts = CgroupMounts.of(List.of(
                "31 23 0:28 / /sys/fs/cgroup ro,relatime - tmpfs tmpfs ro,mode=755",
                "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:4 master:1 - cgroup cgroup rw,cpu,cpuacct",
                "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory",
                "36 31 0:33 / /sys/fs/cgroup/devices ro,relatime - cgroup cgroup rw,devices",
                "40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd",
                "41 31 0:38 / " + unified + " rw,relatime - cgroup2 cgroup2 rw",
                "broken line"));
        assertThat(mounts.first())
                .containsEntry("cpu", Path.of("/sys/fs/cgroup/cpu,cpuacct"))
                .containsEntry("cpuacct", Path.of("/sys/fs/cgroup/cpu,cpuacct"))
                .containsEntry("memory", Path.of("/sys/fs/cgroup/memory"))
                // Mounted read-only, nothing can be asked of it.
                .doesNotContainKey("devices");
        assertThat(mounts.unified()).contains(unified);
        assertThat(mounts.unifiedControllers()).containsExactlyInAnyOrder("cpuset", "io", "hugetlb");
    }

    @Test
    void controllersThatShareAHierarchyShareADirectory() throws Exception {
        CgroupMounts mounts = CgroupMounts.of(List.of(
                "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct",
                "33 31 0:30 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids"));
        Cgroup group = CgroupLayout.of(mounts).group("test", "c1", Limits.NONE);
        assertThat(group.directories())
                .containsExactly(
                        Path.of("/sys/fs/cgroup/cpu,cpuacct/slipway/test/c1"),
                        Path.of("/sys/fs/cgroup/pids/slipway/test/c1"));
    }

    @Test
    void aHostWithoutAnyIsTold() throws Exception {
        CgroupLayout layout = CgroupLayout.of(CgroupMounts.of(List.of()));
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> layout.check(Limits.NONE))
                .hasMessageContaining("no cgroup file system is mounted")
                .hasMessageContaining("mount cgroup2 at /sys/fs/cgroup");
    }
}

package io.slipway.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostBoundsTest {
    @TempDir
    Path temp;

    private HostBounds smallHost() throws Exception {
        Path cpu = Files.createDirectories(temp.resolve("sys/devices/system/cpu"));
        Path node = Files.createDirectories(temp.resolve("sys/devices/system/node"));
        Files.createDirectories(temp.resolve("sys/kernel/mm/hugepages/hugepages-2048kB"));
        Files.createDirectories(temp.resolve("sys/kernel/mm/hugepages/hugepages-1048576kB"));
        Files.createDirectories(temp.resolve("proc"));
        Files.writeString(cpu.resolve("online"), "0-2,5\n");
        Files.writeString(node.resolve("has_memory"), "0\n");
        Files.writeString(temp.resolve("proc/meminfo"), "MemTotal:        1048576 kB\nMemFree: 1 kB\n");
        return HostBounds.read(temp.resolve("proc"), temp.resolve("sys"));
    }

    @Test
    void theHostIsReadAsItIs() throws Exception {
        assertThat(smallHost().memoryBytes()).isEqualTo(1L << 30);
        assertThat(smallHost().online()).isEqualTo(new CpusetLimits("0-2,5", "0"));
        assertThat(smallHost().pageSizes()).containsExactly("1GB", "2MB");
    }

    @Test
    void moreMemoryThanItHasIsTakenWithANote() throws Exception {
        HostBounds host = smallHost();
        Limits above = Limits.of(2L << 30, 1, 10);
        assertThatCode(() -> host.check(above)).doesNotThrowAnyException();
        assertThat(host.notes(above))
                .containsExactly("memory 2048 MiB is above this host's memory of 1024 MiB and limits nothing here;"
                        + " the host's memory ends first");
        assertThat(host.notes(Limits.of(1L << 30, 1, 10))).isEmpty();
    }

    @Test
    void whatItDoesNotHaveIsRefusedNamingWhatItHas() throws Exception {
        HostBounds host = smallHost();
        assertThatCode(() -> host.check(Limits.of(1L << 30, 4, 10).withCpuset(CpusetLimits.cpus("5"))))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> host.check(Limits.of(1L << 20, 1e5, 10)))
                .hasMessageContaining("cpu 100000 is above the 4 cores");
        assertThatThrownBy(() -> host.check(Limits.of(1L << 20, 4.5, 10)))
                .hasMessageContaining("cpu 4.5 is above the 4 cores of this host; ask for 0.01 to 4");
        assertThatThrownBy(() -> host.check(Limits.NONE.withCpuset(CpusetLimits.cpus("0-3"))))
                .hasMessageContaining("cpuset-cpus 0-3 names 3, but this host has only 0-2,5");
        assertThatThrownBy(() -> host.check(Limits.NONE.withCpuset(CpusetLimits.cpus("0-99,200,300-301"))))
                .hasMessageContaining("names 3-4,6-99,200,300-301, but this host has only 0-2,5");
        assertThatThrownBy(() -> host.check(Limits.NONE.withCpuset(new CpusetLimits("", "1"))))
                .hasMessageContaining("cpuset-mems 1 names 1, but");
        assertThatThrownBy(() -> host.check(Limits.NONE.withHugetlb(Map.of("4MB", 1L))))
                .hasMessageContaining("no huge pages of that size, but [1GB, 2MB]");
    }
}

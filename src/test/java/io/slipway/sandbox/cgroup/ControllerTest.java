package io.slipway.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written for a change, in which order, and what is read of files as a kernel shows them. */
class ControllerTest {
    private static final long MIB = 1 << 20;

    @TempDir
    Path temp;

    private static List<String> change(Controller controller, Limits from, Limits to) {
        return controller.change(from, to).stream()
                .map(setting -> setting.file() + "=" + setting.value())
                .toList();
    }

    private static Limits memory(long mebibytes) {
        return Limits.NONE.withMemory(MemoryLimits.max(mebibytes * MIB));
    }

    private Stats account(Controller controller, Map<String, String> files) throws IOException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(temp.resolve(file.getKey()), file.getValue());
        }
        Account account = new Account();
        controller.account(new CgroupDirectory(temp), account);
        return account.stats();
    }

    @Test
    void memoryOfVersionOneNeverExceedsMemoryWithSwapOnTheWay() {
        MemoryV1 memory = new MemoryV1(true);
        String max = "memory.limit_in_bytes=";
        String swap = "memory.memsw.limit_in_bytes=";
        assertThat(change(memory, Limits.NONE, memory(64))).containsExactly(max + 64 * MIB, swap + 64 * MIB);
        assertThat(change(memory, memory(64), memory(128))).containsExactly(swap + 128 * MIB, max + 128 * MIB);
        assertThat(change(memory, memory(128), memory(32))).containsExactly(max + 32 * MIB, swap + 32 * MIB);
        assertThat(change(memory, memory(32), Limits.NONE)).containsExactly(swap + -1, max + -1);
        assertThat(change(memory, memory(32), memory(32))).isEmpty();
        assertThat(change(new MemoryV1(false), memory(32), memory(64))).containsExactly(max + 64 * MIB);
    }

    @Test
    void memoryOfVersionTwoHasMaxSwapAndHigh() {
        MemoryV2 memory = new MemoryV2(true);
        Limits all = Limits.NONE.withMemory(
                new MemoryLimits(OptionalLong.of(64 * MIB), OptionalLong.of(48 * MIB), OptionalLong.of(16 * MIB)));
        assertThat(change(memory, Limits.NONE, all))
                .containsExactly("memory.max=" + 64 * MIB, "memory.swap.max=" + 16 * MIB, "memory.high=" + 48 * MIB);
        assertThat(change(memory, Limits.NONE, memory(64)))
                .containsExactly("memory.max=" + 64 * MIB, "memory.swap.max=0");
        assertThat(change(memory, all, Limits.NONE))
                .containsExactly("memory.max=max", "memory.swap.max=max", "memory.high=max");
    }

    @Test
    void memoryOfVersionTwoIsNotLimitedBelowWhatWouldBeKilledFor() throws Exception {
        Files.writeString(temp.resolve("memory.current"), "" + 100 * MIB);
        Files.writeString(
                temp.resolve("memory.stat"), "active_file " + 20 * MIB + "\ninactive_file " + 30 * MIB + "\n");
        CgroupDirectory group = new CgroupDirectory(temp);
        new MemoryV2(true).check(group, memory(64));
        assertThatThrownBy(() -> new MemoryV2(true).check(group, memory(40)))
                .hasMessageContaining("cannot be limited to 40 MiB: 50 MiB are in use");
    }

    @Test
    void memoryOfVersionTwoIsReadWithItsEvents() throws Exception {
        Stats stats = account(
                new MemoryV2(true),
                Map.of(
                        "memory.current", "" + 50 * MIB,
                        "memory.stat", "anon 1\ninactive_file " + 20 * MIB + "\n",
                        "memory.peak", "" + 60 * MIB,
                        "memory.max", "" + 64 * MIB,
                        "memory.swap.current", "4096",
                        "memory.events", "low 0\nhigh 2\nmax 5\noom 1\noom_kill 3\noom_group_kill 0\n"));
        assertThat(stats.memory())
                .isEqualTo(new Stats.Memory(
                        30 * MIB, 50 * MIB, OptionalLong.of(60 * MIB), OptionalLong.of(64 * MIB), 4096, 5, 3));
        assertThat(new MemoryV2(true).oom(new CgroupDirectory(temp))).isEqualTo(new Oom(3, OptionalLong.of(64 * MIB)));
        Files.writeString(temp.resolve("memory.events"), "oom 0\noom_kill 1\n");
        assertThat(new MemoryV2(true).oom(new CgroupDirectory(temp))).isEqualTo(new Oom(1, OptionalLong.empty()));
    }

    @Test
    void cpuOfVersionTwoHasMaxAndWeight() throws Exception {
        Limits half = Limits.NONE.withCpu(CpuLimits.cores(0.5).withWeight(OptionalInt.of(300)));
        assertThat(change(new CpuV2(), Limits.NONE, half)).containsExactly("cpu.max=50000 100000", "cpu.weight=300");
        assertThat(change(new CpuV2(), half, Limits.NONE)).containsExactly("cpu.max=max 100000", "cpu.weight=100");
        Stats stats = account(new CpuV2(), Map.of("cpu.stat", "nr_periods 10\nnr_throttled 4\nthrottled_usec 1500000"));
        assertThat(stats.cpu().periods()).isEqualTo(10);
        assertThat(stats.cpu().throttledPeriods()).isEqualTo(4);
        assertThat(stats.cpu().throttledSeconds()).isEqualTo(1.5);
    }

    @Test
    void timeAndPressureOfVersionTwoAreRead() throws Exception {
        String pressure =
                "some avg10=12.50 avg60=1.00 avg300=0.10 total=2500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7\n";
        Stats stats = account(
                new CoreV2(),
                Map.of(
                        "cpu.stat",
                        "usage_usec 3000000\nuser_usec 2000000\nsystem_usec 1000000\n",
                        "cpu.pressure",
                        pressure));
        assertThat(stats.cpuSeconds()).isEqualTo(3);
        assertThat(stats.cpu().userSeconds()).isEqualTo(2);
        assertThat(stats.cpuPressure()).contains(new Stats.Pressure(12.5, 2.5, 0, 7e-6));
        assertThat(stats.memoryPressure()).isEmpty();
    }

    @Test
    void cpusOfVersionTwoGoBackToAllThatThereAre() {
        CpusetV2 cpuset = new CpusetV2(new CpusetLimits("0-3", "0-1"));
        Limits pinned = Limits.NONE.withCpuset(new CpusetLimits("0-1", "0"));
        assertThat(change(cpuset, Limits.NONE, pinned)).containsExactly("cpuset.cpus=0-1", "cpuset.mems=0");
        assertThat(change(cpuset, pinned, Limits.NONE)).containsExactly("cpuset.cpus=0-3", "cpuset.mems=0-1");
    }

    @Test
    void ioOfBothVersionsIsSetPerDeviceAndLifted() throws Exception {
        OptionalLong none = OptionalLong.empty();
        IoLimits.Device disk = new IoLimits.Device(254, 0, OptionalLong.of(MIB), none, none, OptionalLong.of(50));
        Limits slow = Limits.NONE.withIo(new IoLimits(OptionalInt.of(200), List.of(disk)));
        assertThat(change(new IoV2(), Limits.NONE, slow))
                .containsExactly("io.weight=default 200", "io.max=254:0 rbps=1048576 wbps=max riops=max wiops=50");
        assertThat(change(new IoV2(), slow, Limits.NONE))
                .containsExactly("io.weight=default 100", "io.max=254:0 rbps=max wbps=max riops=max wiops=max");
        assertThat(change(new BlkioV1(), Limits.NONE, slow))
                .containsExactly(
                        "blkio.bfq.weight=200",
                        "blkio.throttle.read_bps_device=254:0 1048576",
                        "blkio.throttle.write_iops_device=254:0 50");
        assertThat(change(new BlkioV1(), slow, Limits.NONE))
                .containsExactly(
                        "blkio.bfq.weight=100",
                        "blkio.throttle.read_bps_device=254:0 0",
                        "blkio.throttle.write_iops_device=254:0 0");
        Stats stats = account(
                new IoV2(),
                Map.of(
                        "io.stat",
                        "254:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=0 dios=0\n7:0 rbytes=5 wbytes=0 rios=1 wios=0\n"));
        assertThat(stats.io()).contains(new Stats.Io(15, 20, 2, 2));
    }

    @Test
    void hugePagesHaveAFilePerSize() {
        Limits some = Limits.NONE.withHugetlb(Map.of("2MB", 4 * MIB, "1GB", 0L));
        assertThat(change(Hugetlb.v2(), Limits.NONE, some))
                .containsExactly("hugetlb.1GB.max=0", "hugetlb.2MB.max=" + 4 * MIB);
        assertThat(change(Hugetlb.v1(), some, Limits.NONE))
                .containsExactly("hugetlb.1GB.limit_in_bytes=-1", "hugetlb.2MB.limit_in_bytes=-1");
    }

    @Test
    void aPeriodChangesOnlyWhileThereIsNoQuota() {
        Limits before = Limits.NONE.withCpu(CpuLimits.cores(2));
        Limits after = Limits.NONE.withCpu(CpuLimits.cores(2).withPeriodMicros(OptionalInt.of(1_000)));
        assertThat(change(new CpuV1(), before, after))
                .containsExactly("cpu.cfs_quota_us=-1", "cpu.cfs_period_us=1000", "cpu.cfs_quota_us=2000");
    }
}

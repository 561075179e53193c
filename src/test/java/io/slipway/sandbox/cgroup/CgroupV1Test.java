package io.slipway.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each limit of version 1, on the controllers that this host has mounted so. */
class CgroupV1Test {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path temp;

    private CgroupLayout layout;

    @BeforeEach
    void onlyVersionOne() throws Exception {
        layout = GroupProcesses.first();
    }

    private static Path directory(GroupProcesses processes, String controller) {
        return processes.group().directories().stream()
                .filter(path -> path.toString().contains("/" + controller + "/"))
                .findFirst()
                .orElseThrow();
    }

    private static String file(GroupProcesses processes, String controller, String name) throws IOException {
        return Files.readString(directory(processes, controller).resolve(name)).strip();
    }

    private static void awaitTime(Process process, long millis) throws InterruptedException {
        assertThat(process.waitFor(millis, TimeUnit.MILLISECONDS)).isFalse();
    }

    @Test
    void onlyWhatALimitAsksForIsJoinedBesideTheUsualOnes() throws Exception {
        try (GroupProcesses plain = GroupProcesses.in(layout, Limits.NONE);
                GroupProcesses pinned = GroupProcesses.in(layout, Limits.NONE.withCpuset(CpusetLimits.cpus("0")))) {
            assertThat(plain.group().directories())
                    .extracting(path -> path.getName(3).toString())
                    .containsExactly("blkio", "cpu", "cpuacct", "devices", "freezer", "memory", "pids");
            assertThat(pinned.group().directories())
                    .extracting(path -> path.getName(3).toString())
                    .contains("cpuset");
        }
    }

    @Test
    void aCpuLimitThrottlesAndTheThrottlingIsCounted() throws Exception {
        Limits limits = Limits.NONE.withCpu(CpuLimits.cores(0.1));
        try (GroupProcesses processes = GroupProcesses.in(layout, limits)) {
            Process busy = processes.startBusy();
            awaitTime(busy, 600);
            Stats.Cpu cpu = processes.group().stats().cpu();
            assertThat(cpu.throttledPeriods()).isPositive();
            assertThat(cpu.throttledSeconds()).isBetween(0.1, 5.0);
            assertThat(cpu.seconds()).isBetween(0.01, 0.3);
            assertThat(cpu.userSeconds() + cpu.systemSeconds()).isBetween(cpu.seconds() / 2, cpu.seconds() + 0.1);
        }
    }

    @Test
    void weightsBecomeSharesAndAPeriodIsKept() throws Exception {
        CpuLimits cpu =
                CpuLimits.cores(0.5).withPeriodMicros(OptionalInt.of(50_000)).withWeight(OptionalInt.of(100));
        try (GroupProcesses processes = GroupProcesses.in(layout, Limits.NONE.withCpu(cpu))) {
            assertThat(file(processes, "cpu", "cpu.shares")).isEqualTo("2597");
            assertThat(file(processes, "cpu", "cpu.cfs_period_us")).isEqualTo("50000");
            assertThat(file(processes, "cpu", "cpu.cfs_quota_us")).isEqualTo("25000");
            processes.group().update(Limits.NONE.withCpu(CpuLimits.cores(1)));
            assertThat(file(processes, "cpu", "cpu.shares")).isEqualTo("1024");
            assertThat(file(processes, "cpu", "cpu.cfs_period_us")).isEqualTo("100000");
            assertThat(file(processes, "cpu", "cpu.cfs_quota_us")).isEqualTo("100000");
        }
    }

    @Test
    void overItsMemoryAProcessIsKilledAndCounted() throws Exception {
        Limits limits = Limits.NONE.withMemory(MemoryLimits.max(32 << 20));
        try (GroupProcesses processes = GroupProcesses.in(layout, limits)) {
            assertThat(processes.group().oom()).isEqualTo(Oom.NONE);
            processes.run("tail /dev/zero");
            assertThat(processes.group().oom()).isEqualTo(new Oom(1, OptionalLong.of(32 << 20)));
            Stats.Memory memory = processes.group().stats().memory();
            assertThat(memory.oomKills()).isEqualTo(1);
            assertThat(memory.limitBytes()).hasValue(32 << 20);
            assertThat(memory.peakBytes().orElse(0)).isBetween(31L << 20, 32L << 20);
        }
    }

    @Test
    void memoryIsRaisedAndLoweredWhileProcessesRun() throws Exception {
        Limits limits = Limits.NONE.withMemory(MemoryLimits.max(32 << 20));
        try (GroupProcesses processes = GroupProcesses.in(layout, limits)) {
            for (long mebibytes : List.of(128, 48, 256, 16)) {
                MemoryLimits memory = MemoryLimits.max(mebibytes << 20)
                        .withSwap(OptionalLong.of(mebibytes << 19))
                        .withHigh(OptionalLong.of(mebibytes << 19));
                processes.group().update(Limits.NONE.withMemory(memory));
                assertThat(file(processes, "memory", "memory.limit_in_bytes")).isEqualTo("" + (mebibytes << 20));
                assertThat(file(processes, "memory", "memory.memsw.limit_in_bytes"))
                        .isEqualTo("" + ((mebibytes << 20) + (mebibytes << 19)));
                assertThat(file(processes, "memory", "memory.soft_limit_in_bytes"))
                        .isEqualTo("" + (mebibytes << 19));
            }
            processes.group().update(Limits.NONE);
            assertThat(processes.group().stats().memory().limitBytes()).isEmpty();
        }
    }

    @Test
    void aForkBeyondItsPidsIsRefusedAndCounted() throws Exception {
        try (GroupProcesses processes = GroupProcesses.in(layout, Limits.NONE.withPids(OptionalInt.of(4)))) {
            String output = processes.run("for i in 1 2 3 4 5 6; do sleep 30 > /dev/null 2>&1 & done");
            assertThat(output).containsIgnoringCase("fork");
            assertThat(processes.group().stats().pids()).isEqualTo(3);
            assertThat(processes.group().stats().pidsMax()).hasValue(4);
            assertThat(processes.group().stats().forksRefused()).isPositive();
        }
    }

    @Test
    void aProcessSeesOnlyTheCpusThatItWasGiven() throws Exception {
        Limits limits = Limits.NONE.withCpuset(new CpusetLimits("1", "0"));
        try (GroupProcesses processes = GroupProcesses.in(layout, limits)) {
            assertThat(processes.run("grep -E '(Cpus|Mems)_allowed_list' /proc/self/status"))
                    .contains("Cpus_allowed_list:\t1\n", "Mems_allowed_list:\t0\n");
        }
    }

    @Test
    void aRunningProcessIsBroughtIntoAHierarchyThatALaterLimitNeeds() throws Exception {
        try (GroupProcesses processes = GroupProcesses.in(layout, Limits.NONE)) {
            Process busy = processes.startBusy();
            Path status = Path.of("/proc/" + busy.pid() + "/status");
            assertThat(Files.readString(status)).contains("Cpus_allowed_list:\t0-");
            processes.group().update(Limits.NONE.withCpuset(CpusetLimits.cpus("1")));
            assertThat(Files.readString(status)).contains("Cpus_allowed_list:\t1\n");
            assertThat(processes.group().directories()).anyMatch(path -> path.startsWith("/sys/fs/cgroup/cpuset"));
        }
    }

    @Test
    void aDeviceThatIsNotOnTheListIsRefusedWithEperm() throws Exception {
        try (GroupProcesses processes = GroupProcesses.in(layout, Limits.NONE)) {
            assertThat(processes.run("head -c 1 /dev/zero | wc -c; : < /dev/kmsg"))
                    .contains("\n1\n")
                    .contains("/dev/kmsg: Operation not permitted");
            processes.group().update(Limits.NONE.withDevices(List.of(DeviceRule.allow("c 1:11 r"))));
            assertThat(processes.run(": < /dev/kmsg && echo read; : > /dev/kmsg"))
                    .contains("read")
                    .contains("Operation not permitted");
            processes.group().update(Limits.NONE);
            assertThat(processes.run(": < /dev/kmsg")).contains("Operation not permitted");
        }
    }

    @Test
    void writingToADiskIsSlowedDown() throws Exception {
        long device = (Long) Files.getAttribute(temp, "unix:dev");
        IoLimits.Device slow = new IoLimits.Device(
                (int) (device >> 8 & 0xfff),
                (int) (device & 0xff),
                OptionalLong.empty(),
                OptionalLong.of(1 << 20),
                OptionalLong.empty(),
                OptionalLong.empty());
        Limits limits = Limits.NONE.withIo(IoLimits.NONE.withDevices(List.of(slow)));
        try (GroupProcesses processes = GroupProcesses.in(layout, limits)) {
            String write = "dd if=/dev/zero of=" + temp.resolve("file") + " bs=256k count=6 oflag=direct";
            long start = System.nanoTime();
            assertThat(processes.run(write)).contains("1572864 bytes");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(900), PATIENCE);
            Stats.Io io = processes.group().stats().io().orElseThrow();
            assertThat(io.writtenBytes()).isGreaterThanOrEqualTo(1_572_864);
            assertThat(io.writes()).isGreaterThanOrEqualTo(6);
            processes.group().update(Limits.NONE.withIo(IoLimits.NONE));
            long end = System.nanoTime() + PATIENCE.toNanos();
            Duration free = took(processes, write);
            // A busy disk is slow too, but not each time.
            while (free.compareTo(Duration.ofMillis(900)) >= 0 && System.nanoTime() < end) {
                free = took(processes, write);
            }
            assertThat(free).isLessThan(Duration.ofMillis(900));
        }
    }

    private static Duration took(GroupProcesses processes, String command) throws Exception {
        long start = System.nanoTime();
        processes.run(command);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Test
    void ioWeightsAreTakenWithinTheRangeOfTheScheduler() throws Exception {
        Limits limits = Limits.NONE.withIo(IoLimits.NONE.withWeight(OptionalInt.of(5_000)));
        try (GroupProcesses processes = GroupProcesses.in(layout, limits)) {
            assertThat(file(processes, "blkio", "blkio.bfq.weight")).isEqualTo("1000");
        }
    }

    @Test
    void frozenItStandsStillUntilItIsThawed() throws Exception {
        try (GroupProcesses processes = GroupProcesses.in(layout, Limits.NONE)) {
            Cgroup group = processes.group();
            Process busy = processes.startBusy();
            group.freeze(PATIENCE);
            assertThat(group.frozen()).isTrue();
            double before = group.stats().cpuSeconds();
            awaitTime(busy, 150);
            assertThat(group.stats().cpuSeconds()).isEqualTo(before);
            group.thaw();
            assertThat(group.frozen()).isFalse();
            awaitTime(busy, 150);
            assertThat(group.stats().cpuSeconds()).isGreaterThan(before);
        }
    }

    @Test
    void whatIsFrozenIsKilledAllTheSame() throws Exception {
        try (GroupProcesses processes = GroupProcesses.in(layout, Limits.NONE)) {
            Process busy = processes.startBusy();
            processes.group().freeze(PATIENCE);
            Syscalls.kill((int) busy.pid(), 9);
            awaitTime(busy, 100);
            processes.group().killAll();
            assertThat(busy.waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(processes.group().processes()).isEmpty();
        }
    }

    @Test
    void nothingIsStartedBelowAFrozenGroup() throws Exception {
        try (GroupProcesses processes = GroupProcesses.in(layout, Limits.NONE)) {
            Path above = directory(processes, "freezer").resolveSibling(".").normalize();
            FreezerV1 freezer = new FreezerV1(new CgroupDirectory(above));
            freezer.freeze(PATIENCE);
            Cgroup second = layout.group(processes.owner(), "c2", Limits.NONE);
            assertThatThrownBy(second::create).hasMessageContaining("is frozen").hasMessageContaining("thaw it");
            second.remove();
            freezer.thaw();
        }
    }

    @Test
    void aChangeThatFailsHalfWayIsTakenBackWhole() throws Exception {
        Limits before = Limits.NONE
                .withMemory(MemoryLimits.max(64 << 20))
                .withCpu(CpuLimits.cores(1))
                .withPids(OptionalInt.of(50));
        try (GroupProcesses processes = GroupProcesses.in(layout, before)) {
            // Holds memory that cannot be taken back.
            Process holder = processes.start("x=$(head -c 20000000 /dev/zero | tr '\\0' x); echo held; sleep 60");
            byte[] said = holder.getInputStream().readNBytes("joined\nheld".length());
            assertThat(new String(said, java.nio.charset.StandardCharsets.UTF_8))
                    .endsWith("held");
            Limits after = before.withCpu(CpuLimits.cores(0.5).withWeight(OptionalInt.of(200)))
                    .withCpuset(CpusetLimits.cpus("0"))
                    .withMemory(MemoryLimits.max(4 << 20))
                    .withPids(OptionalInt.of(10));
            assertThatThrownBy(() -> processes.group().update(after))
                    .hasMessageContaining("memory.limit_in_bytes")
                    .hasMessageContaining("more is in use that cannot be taken back");
            assertThat(processes.group().limits()).isEqualTo(before);
            assertThat(file(processes, "cpu", "cpu.cfs_quota_us")).isEqualTo("100000");
            assertThat(file(processes, "cpu", "cpu.shares")).isEqualTo("1024");
            assertThat(file(processes, "memory", "memory.limit_in_bytes")).isEqualTo("" + (64 << 20));
            assertThat(file(processes, "pids", "pids.max")).isEqualTo("50");
            assertThat(Files.readString(Path.of("/proc/" + holder.pid() + "/cgroup")))
                    .contains("cpuset:/\n");
        }
    }

    @Test
    void aLimitWithoutItsControllerSaysWhichAndHowToEnableIt() {
        assertThatThrownBy(() -> layout.check(Limits.NONE.withHugetlb(java.util.Map.of("2MB", 4L << 20))))
                .hasMessageContaining("a hugetlb limit is asked for (hugetlb {2MB=4194304})")
                .hasMessageContaining("no hugetlb controller mounted")
                .hasMessageContaining("slipway doctor");
    }

    @Test
    void whatIsBeyondTheHostIsRefusedBeforeAnythingIsMade() {
        assertThatThrownBy(() -> layout.check(Limits.NONE.withCpuset(CpusetLimits.cpus("0,900"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cpuset-cpus 0,900 names 900, but this host has only");
        assertThatThrownBy(() -> layout.check(Limits.NONE.withCpu(CpuLimits.cores(5_000))))
                .hasMessageContaining("cpu 5000 is above the");
    }

    @Test
    void moreMemoryThanTheHostHasIsNoted() {
        assertThat(layout.notes(Limits.NONE.withMemory(MemoryLimits.max(1L << 50))))
                .singleElement()
                .asString()
                .contains("is above this host's memory of", "limits nothing here");
        assertThat(layout.notes(Limits.NONE.withMemory(MemoryLimits.max(1L << 20))))
                .isEmpty();
    }

    @Test
    void coresAreKeptAsAskedAlsoWhenOthersChange() throws Exception {
        Limits limits = Limits.NONE.withCpu(CpuLimits.NONE.withCores(OptionalDouble.of(0.25)));
        try (GroupProcesses processes = GroupProcesses.in(layout, limits)) {
            processes.group().update(limits.withPids(OptionalInt.of(7)));
            assertThat(file(processes, "cpu", "cpu.cfs_quota_us")).isEqualTo("25000");
            assertThat(file(processes, "pids", "pids.max")).isEqualTo("7");
        }
    }
}

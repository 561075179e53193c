package io.slipway.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.linux.Bpf;
import io.slipway.linux.Descriptor;
import io.slipway.linux.Syscalls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What version 2 does beside controllers of version 1, as they are mounted on this host. */
class CgroupHybridTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private CgroupLayout layout;

    @BeforeEach
    void asTheHostIs() throws Exception {
        layout = CgroupLayout.detect();
    }

    private static Path above(GroupProcesses processes) {
        return unified(processes).resolveSibling(".").normalize();
    }

    private static Path unified(GroupProcesses processes) {
        return processes.group().directories().getFirst();
    }

    @Test
    void timeFreezingAndDevicesNeedNoFurtherHierarchy() throws Exception {
        boolean unifiedAlone = CgroupMounts.detect().first().isEmpty();
        try (GroupProcesses processes = GroupProcesses.in(layout, Limits.NONE)) {
            assertThat(processes.group().directories())
                    .extracting(path -> path.getName(3).toString())
                    .containsExactlyElementsOf(
                            unifiedAlone ? List.of("slipway") : List.of("unified", "blkio", "cpu", "memory", "pids"));
        }
    }

    @Test
    void aDeviceThatIsNotOnTheListIsRefusedByTheProgramOfTheOwner() throws Exception {
        try (GroupProcesses processes = GroupProcesses.in(layout, Limits.NONE)) {
            assertThat(processes.run("head -c 1 /dev/zero | wc -c; : > /dev/null && echo null; : < /dev/kmsg"))
                    .contains("\n1\n", "\nnull\n")
                    .contains("/dev/kmsg: Operation not permitted");
            assertThat(programs(unified(processes))).isZero();
            assertThat(programs(above(processes))).isEqualTo(1);
        }
    }

    private static int programs(Path group) throws Exception {
        try (Descriptor directory = Syscalls.open(group, Syscalls.O_RDONLY | Syscalls.O_DIRECTORY, 0)) {
            return Bpf.attachedDevicePrograms(directory);
        }
    }

    @Test
    void rulesOfItsOwnStandInPlaceOfTheOwnersAndChangeWhileItRuns() throws Exception {
        Limits reading = Limits.NONE.withDevices(List.of(DeviceRule.allow("c 1:11 r")));
        try (GroupProcesses processes = GroupProcesses.in(layout, reading)) {
            assertThat(processes.run(": < /dev/kmsg && echo read; : > /dev/kmsg || echo refused"))
                    .contains("read", "Operation not permitted");
            processes
                    .group()
                    .update(Limits.NONE.withDevices(List.of(DeviceRule.allow("a"), DeviceRule.deny("c 1:11 w"))));
            assertThat(processes.run(": < /dev/kmsg && echo read; : > /dev/kmsg || echo refused"))
                    .contains("read", "Operation not permitted");
            assertThat(programs(unified(processes))).isEqualTo(1);
            processes.group().update(Limits.NONE.withDevices(List.of(DeviceRule.allow("a"))));
            assertThat(processes.run(": >> /dev/kmsg && echo written")).contains("written");
            processes.group().update(Limits.NONE.withDevices(List.of(DeviceRule.deny("a"))));
            assertThat(processes.run("exec 3< /dev/zero || echo none")).contains("Operation not permitted");
        }
    }

    @Test
    void theKernelRefusesAProgramThatIsNoneAndSaysWhy() {
        assertThatThrownBy(() -> Bpf.loadDeviceProgram(
                        new byte[] {0x61, 0x12, 0x40, 0, 0, 0, 0, 0, (byte) 0x95, 0, 0, 0, 0, 0, 0, 0}))
                .hasMessageContaining("BPF_PROG_LOAD")
                .hasMessageContaining("invalid bpf_context access");
    }

    @Test
    void frozenItStandsStillAndIsKilledAllTheSame() throws Exception {
        try (GroupProcesses processes = GroupProcesses.in(layout, Limits.NONE)) {
            Cgroup group = processes.group();
            Process busy = processes.startBusy();
            group.freeze(PATIENCE);
            assertThat(group.frozen()).isTrue();
            double before = group.stats().cpuSeconds();
            assertThat(busy.waitFor(150, TimeUnit.MILLISECONDS)).isFalse();
            assertThat(group.stats().cpuSeconds()).isEqualTo(before);
            group.thaw();
            assertThat(busy.waitFor(150, TimeUnit.MILLISECONDS)).isFalse();
            assertThat(group.stats().cpuSeconds()).isGreaterThan(before);
            group.freeze(PATIENCE);
            group.killAll();
            assertThat(busy.waitFor(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void nothingIsStartedBelowAFrozenGroup() throws Exception {
        try (GroupProcesses processes = GroupProcesses.in(layout, Limits.NONE)) {
            FreezerV2 freezer = new FreezerV2(new CgroupDirectory(above(processes)));
            freezer.freeze(PATIENCE);
            Cgroup second = layout.group(processes.owner(), "c2", Limits.NONE);
            assertThatThrownBy(second::create).hasMessageContaining("is frozen").hasMessageContaining("thaw it");
            second.remove();
            freezer.thaw();
        }
    }

    @Test
    void timeAndPressureAreCounted() throws Exception {
        Limits limits = Limits.NONE.withCpuset(CpusetLimits.cpus("0"));
        try (GroupProcesses processes = GroupProcesses.in(layout, limits)) {
            Process one = processes.startBusy();
            processes.startBusy();
            assertThat(one.waitFor(400, TimeUnit.MILLISECONDS)).isFalse();
            Stats stats = processes.group().stats();
            assertThat(stats.cpu().userSeconds()).isBetween(0.02, 1.0);
            assertThat(stats.cpu().seconds()).isBetween(0.02, 1.0);
            // Two that are busy on one cpu wait for each other.
            assertThat(stats.cpuPressure().orElseThrow().someSeconds()).isPositive();
            assertThat(stats.memoryPressure()).isPresent();
            assertThat(stats.ioPressure()).isPresent();
            assertThat(stats.io()).isPresent();
        }
    }

    @Test
    void aControllerThatOnlyVersionTwoHasIsUsedThere() throws Exception {
        Limits limits = Limits.NONE.withHugetlb(Map.of("2MB", 4L << 20));
        try (GroupProcesses processes = GroupProcesses.in(layout, limits)) {
            Path max = unified(processes).resolve("hugetlb.2MB.max");
            assertThat(Files.readString(max)).isEqualTo("4194304\n");
            processes.group().update(Limits.NONE);
            assertThat(Files.readString(max)).isEqualTo("max\n");
        }
    }

    @Test
    void whatAnotherProcessTookAwayIsMadeAgain() throws Exception {
        try (GroupProcesses processes = GroupProcesses.in(layout, Limits.NONE)) {
            processes.group().remove();
            layout.removeEmpty(processes.owner());
            assertThat(Files.exists(above(processes))).isFalse();
            processes.group().create();
            assertThat(programs(above(processes))).isEqualTo(1);
        }
    }

    @Test
    void aGroupIsMadeAlsoWhileAnotherProcessTakesAwayWhatIsEmpty() throws Exception {
        EmptyGroupsTaken.whileOneComesAndGoes(300, Limits.NONE);
    }
}

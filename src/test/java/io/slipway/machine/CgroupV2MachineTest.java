package io.slipway.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.linux.Syscalls;
import io.slipway.sandbox.BusyboxRoot;
import io.slipway.sandbox.ContainerEvent;
import io.slipway.sandbox.ContainerProcess;
import io.slipway.sandbox.EventReader;
import io.slipway.sandbox.Exec;
import io.slipway.sandbox.ExecSpec;
import io.slipway.sandbox.Exit;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.SandboxSpec;
import io.slipway.sandbox.Sandboxes;
import io.slipway.sandbox.cgroup.CgroupMounts;
import io.slipway.sandbox.cgroup.CpuLimits;
import io.slipway.sandbox.cgroup.CpusetLimits;
import io.slipway.sandbox.cgroup.DeviceRule;
import io.slipway.sandbox.cgroup.EmptyGroupsTaken;
import io.slipway.sandbox.cgroup.IoLimits;
import io.slipway.sandbox.cgroup.Limits;
import io.slipway.sandbox.cgroup.MemoryLimits;
import io.slipway.sandbox.cgroup.Stats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every limit of version 2 for real, on a machine whose controllers are all in the unified hierarchy. Such a one is started for it by src/ci/machine;
 * this package is none of the ordinary tests, as hosts with version 1 could only pass it over.
 */
class CgroupV2MachineTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int MIB = 1 << 20;

    @TempDir
    Path temp;

    private Path root = Path.of("/");
    private Optional<Sandboxes> opened = Optional.empty();

    @BeforeEach
    void open() throws Exception {
        root = BusyboxRoot.make(temp.resolve("root"));
        opened = Optional.of(Sandboxes.open(temp.resolve("state"), "test", Optional.empty()));
    }

    private Sandboxes sandboxes() {
        return opened.orElseThrow();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        for (Sandbox sandbox : sandboxes().list()) {
            sandboxes().remove(sandbox);
        }
        sandboxes().close();
        assertThat(Path.of("/sys/fs/cgroup/slipway")).doesNotExist();
    }

    private Sandbox start(String id, Limits limits, String script) throws IOException {
        return sandboxes()
                .start(SandboxSpec.of(id, List.of(root), List.of("/bin/sh", "-c", script))
                        .withLimits(limits));
    }

    private static String group(Sandbox sandbox, String file) throws IOException {
        return Files.readString(sandbox.cgroups().getFirst().resolve(file)).strip();
    }

    private static void until(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("waited for " + LONG).isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void theMachineHasAllControllersInVersionTwo() throws Exception {
        CgroupMounts mounts = CgroupMounts.detect();
        assertThat(mounts.first()).isEmpty();
        assertThat(mounts.unified()).contains(Path.of("/sys/fs/cgroup"));
        assertThat(mounts.unifiedControllers()).contains("memory", "cpu", "cpuset", "io", "pids");
    }

    @Test
    void aContainerIsBornInItsGroup() throws Exception {
        Sandbox sandbox = start("c1", Limits.NONE, "cat /proc/self/cgroup; exec sleep 1000");
        until(() -> Files.readString(sandbox.stdoutLog()).equals("0::/\n"));
        assertThat(Files.readString(Path.of("/proc/" + sandbox.pid() + "/cgroup")))
                .isEqualTo("0::/slipway/" + sandboxes().cgroupName() + "/c1\n");
        assertThat(sandbox.explain().lines()).anyMatch(line -> line.contains("CLONE_INTO_CGROUP"));
        assertThat(sandbox.cgroups()).hasSize(1);
    }

    @Test
    void overItsMemoryItIsKilledAndSaysSo() throws Exception {
        Sandbox sandbox = start("c1", Limits.NONE.withMemory(MemoryLimits.max(32 * MIB)), "tail /dev/zero; exit $?");
        Exit exit = sandbox.awaitExit(LONG).orElseThrow();
        assertThat(exit.text()).isEqualTo("OOM: over 32 MiB");
        Stats.Memory memory = sandbox.stats().memory();
        assertThat(memory.oomKills()).isEqualTo(1);
        assertThat(memory.limitHits()).isPositive();
        assertThat(memory.limitBytes()).hasValue(32 * MIB);
        assertThat(memory.peakBytes().orElse(0)).isBetween(30L * MIB, 32L * MIB);
        assertThat(group(sandbox, "memory.swap.max")).isEqualTo("0");
    }

    @Test
    void aProcessThatIsKilledForLackOfMemoryIsToldOfWhileTheContainerGoesOn() throws Exception {
        String script = "tail /dev/zero; while [ ! -e /go ]; do sleep 0.05; done; tail /dev/zero; exec sleep 1000";
        Sandbox sandbox = start("c1", Limits.NONE.withMemory(MemoryLimits.max(32 * MIB)), script);
        until(() -> told(ContainerEvent.Kind.OOM).equals(List.of("over 32 MiB: 1 process killed since its start")));
        assertThat(sandbox.state()).isEqualTo(Sandbox.State.RUNNING);
        try (Exec exec = sandbox.exec(ExecSpec.of(List.of("touch", "/go")))) {
            assertThat(exec.awaitExit(LONG)).isPresent();
        }
        until(() -> told(ContainerEvent.Kind.OOM).contains("over 32 MiB: 2 processes killed since its start"));
        String watched = sandboxes().cgroupName() + "/c1/memory.events";
        sandboxes().remove(sandbox);
        // What is not watched any more is closed: it would be ready for ever.
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            assertThat(descriptors.map(CgroupV2MachineTest::target)).noneMatch(name -> name.endsWith(watched));
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            // Closed meanwhile.
            return "";
        }
    }

    private List<String> told(ContainerEvent.Kind kind) throws IOException {
        List<String> told = new ArrayList<>();
        try (EventReader events = sandboxes().events().read()) {
            for (var next = events.next(); next.isPresent(); next = events.next()) {
                if (next.get().kind() == kind) {
                    told.add(next.get().detail());
                }
            }
        }
        return told;
    }

    @Test
    void swapBeyondItsMemoryIsAllowedWhereAsked() throws Exception {
        MemoryLimits memory = MemoryLimits.max(32 * MIB).withSwap(OptionalLong.of(8 * MIB));
        Sandbox sandbox = start("c1", Limits.NONE.withMemory(memory), "exec sleep 1000");
        assertThat(group(sandbox, "memory.swap.max")).isEqualTo("" + 8 * MIB);
    }

    @Test
    void aboveItsHighMarkItIsSlowedDownAndNotKilled() throws Exception {
        MemoryLimits memory = MemoryLimits.NONE.withHigh(OptionalLong.of(16 * MIB));
        Sandbox sandbox = start("c1", Limits.NONE.withMemory(memory), "tail /dev/zero");
        until(() -> group(sandbox, "memory.events").lines().anyMatch(l -> l.matches("high [1-9][0-9]*")));
        until(() -> sandbox.stats().memoryPressure().orElseThrow().someSeconds() > 0);
        assertThat(sandbox.exit()).isEmpty();
        assertThat(sandbox.stats().oomKills()).isZero();
    }

    @Test
    void itsCpuIsThrottledAndCounted() throws Exception {
        CpuLimits cpu = CpuLimits.cores(0.1).withWeight(OptionalInt.of(300));
        Sandbox busy = start("c1", Limits.NONE.withCpu(cpu), "while :; do :; done");
        until(() -> busy.stats().cpu().throttledPeriods() > 2);
        assertThat(busy.stats().cpu().throttledSeconds()).isPositive();
        until(() -> busy.stats().cpu().userSeconds() > 0);
        assertThat(group(busy, "cpu.max")).isEqualTo("10000 100000");
        assertThat(group(busy, "cpu.weight")).isEqualTo("300");
    }

    @Test
    void aHeavierGroupGetsMoreOfOneCpu() throws Exception {
        Limits light = Limits.NONE
                .withCpu(CpuLimits.NONE.withWeight(OptionalInt.of(10)))
                .withCpuset(CpusetLimits.cpus("0"));
        Limits heavy = light.withCpu(CpuLimits.NONE.withWeight(OptionalInt.of(1_000)));
        Sandbox one = start("c1", light, "while :; do :; done");
        Sandbox two = start("c2", heavy, "while :; do :; done");
        double before = one.stats().cpuSeconds();
        double beforeTwo = two.stats().cpuSeconds();
        until(() -> two.stats().cpuSeconds() > beforeTwo + 1);
        assertThat(one.stats().cpuSeconds() - before).isLessThan((two.stats().cpuSeconds() - beforeTwo) / 5);
        assertThat(one.stats().cpuPressure().orElseThrow().someSeconds()).isPositive();
        // Else the lighter one hardly comes to its end.
        two.kill();
    }

    @Test
    void itSeesOnlyTheCpusThatItWasGiven() throws Exception {
        Sandbox sandbox = start(
                "c1", Limits.NONE.withCpuset(new CpusetLimits("0", "0")), "grep -E 'allowed_list' /proc/self/status");
        sandbox.awaitExit(LONG);
        assertThat(Files.readString(sandbox.stdoutLog())).isEqualTo("Cpus_allowed_list:\t0\nMems_allowed_list:\t0\n");
    }

    @Test
    void aForkBeyondItsPidsIsRefusedAndCounted() throws Exception {
        Sandbox bomb = start(
                "c1",
                Limits.NONE.withPids(OptionalInt.of(16)),
                "(while :; do sleep 60 & done) 2>/dev/null; echo full; exec sleep 60");
        until(() -> Files.readString(bomb.stdoutLog()).equals("full\n"));
        assertThat(bomb.stats().pids()).isBetween(13, 16);
        assertThat(bomb.stats().forksRefused()).isPositive();
        assertThat(bomb.kill().text()).isEqualTo("killed by SIGKILL");
        assertThat(bomb.stats().pids()).isZero();
    }

    @Test
    void aDeviceThatIsNotOnTheListIsRefused() throws Exception {
        String script = "head -c 1 /dev/zero | wc -c; head -c 0 /dev/null && echo null";
        Sandbox sandbox = start("c1", Limits.NONE, script);
        sandbox.awaitExit(LONG);
        assertThat(Files.readString(sandbox.stdoutLog())).isEqualTo("1\nnull\n");
        assertThat(inGroup(start("c2", Limits.NONE, "exec sleep 1000"), ": < /dev/kmsg"))
                .contains("not permitted");
        Limits allowed = Limits.NONE.withDevices(List.of(DeviceRule.allow("c 1:11 r")));
        Sandbox reading = start("c3", allowed, "exec sleep 1000");
        assertThat(inGroup(reading, ": < /dev/kmsg && echo read")).contains("read");
        assertThat(inGroup(reading, ": > /dev/kmsg")).contains("not permitted");
        reading.update(Limits.NONE.withDevices(List.of(DeviceRule.deny("a"))));
        assertThat(inGroup(reading, ": < /dev/null")).contains("not permitted");
    }

    /** A process of the machine itself, with all its rights, in a container's group. */
    private static String inGroup(Sandbox sandbox, String script) throws Exception {
        String join = "echo $$ > " + sandbox.cgroups().getFirst() + "/cgroup.procs && ";
        Process process = new ProcessBuilder("/bin/busybox", "sh", "-c", join + "(" + script + ")")
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }

    @Test
    void readingFromADiskIsSlowedDownAndCounted() throws Exception {
        Path disk = Stream.of("/dev/vda", "/dev/sda")
                .map(Path::of)
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
        long number = ((Number) Files.getAttribute(disk, "unix:rdev")).longValue();
        IoLimits.Device slow = new IoLimits.Device(
                (int) (number >> 8 & 0xfff),
                (int) (number & 0xff),
                OptionalLong.of(MIB),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty());
        Limits limits = Limits.NONE
                .withIo(IoLimits.NONE.withDevices(List.of(slow)))
                .withDevices(List.of(DeviceRule.allow("a")));
        Sandbox sandbox = start("c1", limits, "exec sleep 1000");
        String read = "busybox dd if=" + disk + " of=/dev/null bs=256k count=8 iflag=direct";
        long start = System.nanoTime();
        inGroup(sandbox, read);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(1_400));
        Stats.Io io = sandbox.stats().io().orElseThrow();
        assertThat(io.readBytes()).isBetween(2L * MIB, 4L * MIB);
        assertThat(io.reads()).isGreaterThanOrEqualTo(8);
        sandbox.update(limits.withIo(IoLimits.NONE));
        until(() -> {
            long again = System.nanoTime();
            inGroup(sandbox, read);
            return System.nanoTime() - again < Duration.ofMillis(1_400).toNanos();
        });
    }

    @Test
    void aSecondHugePageBeyondTheLimitIsRefused() throws Exception {
        Path pages = Path.of("/proc/sys/vm/nr_hugepages");
        Files.writeString(pages, "4");
        Path huge = Files.createDirectory(temp.resolve("huge"));
        run("mount -t hugetlbfs -o pagesize=2M none " + huge);
        try {
            Limits one = Limits.NONE.withHugetlb(Map.of("2MB", 2L * MIB));
            Sandbox sandbox = start("c1", one, "exec sleep 1000");
            assertThat(group(sandbox, "hugetlb.2MB.max")).isEqualTo("" + 2 * MIB);
            String take = "busybox fallocate -l 2097152 " + huge + "/";
            assertThat(inGroup(sandbox, take + "1 && echo taken")).isEqualTo("taken\n");
            assertThat(inGroup(sandbox, take + "2 && echo taken")).doesNotContain("taken");
            assertThat(group(sandbox, "hugetlb.2MB.events")).isEqualTo("max 1");
            sandbox.update(Limits.NONE.withHugetlb(Map.of("2MB", 4L * MIB)));
            assertThat(inGroup(sandbox, take + "2 && echo taken")).isEqualTo("taken\n");
            sandbox.update(Limits.NONE);
            assertThat(group(sandbox, "hugetlb.2MB.max")).isEqualTo("max");
        } finally {
            run("umount " + huge);
            Files.writeString(pages, "0");
        }
    }

    @Test
    void aWeightOfIoIsGivenToBothThatMayHeedIt() throws Exception {
        run("modprobe bfq");
        Limits heavy = Limits.NONE.withIo(IoLimits.NONE.withWeight(OptionalInt.of(5_000)));
        Sandbox sandbox = start("c1", heavy, "exec sleep 1000");
        assertThat(group(sandbox, "io.weight")).isEqualTo("default 5000");
        assertThat(group(sandbox, "io.bfq.weight")).isEqualTo("default 1000");
        sandbox.update(Limits.NONE.withIo(IoLimits.NONE.withWeight(OptionalInt.of(50))));
        assertThat(group(sandbox, "io.weight")).isEqualTo("default 50");
        assertThat(group(sandbox, "io.bfq.weight")).isEqualTo("default 50");
        sandbox.update(Limits.NONE);
        assertThat(group(sandbox, "io.weight")).isEqualTo("default 100");
    }

    private static void run(String command) throws Exception {
        Process process = new ProcessBuilder("/bin/busybox", "sh", "-c", "busybox " + command)
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(command + ": " + said).isZero();
    }

    @Test
    void pausedItStandsStillAndCanBeResumedStoppedAndKilled() throws Exception {
        Sandbox busy = start("c1", Limits.NONE, "while :; do :; done");
        until(() -> busy.stats().cpuSeconds() > 0.01);
        busy.pause();
        assertThat(busy.paused()).isTrue();
        double used = busy.stats().cpuSeconds();
        assertThat(busy.awaitExit(Duration.ofMillis(300))).isEmpty();
        assertThat(busy.stats().cpuSeconds()).isEqualTo(used);
        busy.resume();
        until(() -> busy.stats().cpuSeconds() > used);
        busy.pause();
        assertThat(busy.kill().text()).isEqualTo("killed by SIGKILL");
        Sandbox polite = start("c2", Limits.NONE, "trap 'exit 7' TERM; echo up; while :; do sleep 0.05; done");
        until(() -> Files.readString(polite.stdoutLog()).equals("up\n"));
        polite.pause();
        assertThat(polite.stop("SIGTERM", LONG).text()).isEqualTo("exited 7");
    }

    @Test
    void limitsChangeWhileItRunsAllOrNone() throws Exception {
        Limits before = Limits.NONE.withMemory(MemoryLimits.max(96 * MIB)).withPids(OptionalInt.of(50));
        Sandbox sandbox = start("c1", before, "head -c 31457280 /dev/zero > /dev/shm/x; echo held; exec sleep 1000");
        until(() -> Files.readString(sandbox.stdoutLog()).equals("held\n"));
        assertThatThrownBy(() ->
                        sandbox.update(before.withPids(OptionalInt.of(20)).withMemory(MemoryLimits.max(16 * MIB))))
                .hasMessageContaining("memory cannot be limited to 16 MiB")
                .hasMessageContaining("in use that cannot be taken back");
        assertThat(group(sandbox, "pids.max")).isEqualTo("50");
        assertThat(group(sandbox, "memory.max")).isEqualTo("" + 96 * MIB);
        assertThat(sandbox.exit()).isEmpty();
        sandbox.update(before.withMemory(MemoryLimits.max(64 * MIB))
                .withCpu(CpuLimits.cores(0.5))
                .withCpuset(CpusetLimits.cpus("0")));
        assertThat(group(sandbox, "memory.max")).isEqualTo("" + 64 * MIB);
        assertThat(group(sandbox, "cpu.max")).isEqualTo("50000 100000");
        assertThat(group(sandbox, "cpuset.cpus.effective")).isEqualTo("0");
        sandbox.update(Limits.NONE);
        assertThat(group(sandbox, "memory.max")).isEqualTo("max");
        assertThat(group(sandbox, "cpu.max")).isEqualTo("max 100000");
    }

    @Test
    void aDaemonizedProcessIsKilledWithTheGroup() throws Exception {
        Sandbox sandbox = start("c1", Limits.NONE, "(sleep 1000 &); (sleep 1000 &); echo up; exec sleep 1000");
        until(() -> Files.readString(sandbox.stdoutLog()).equals("up\n"));
        List<Integer> pids =
                sandbox.processes().stream().map(ContainerProcess::pid).toList();
        sandbox.kill();
        until(() -> pids.stream().noneMatch(pid -> Syscalls.kill(pid, 0)));
    }

    @Test
    void aGroupIsMadeAlsoWhileAnotherProcessTakesAwayWhatIsEmpty() throws Exception {
        EmptyGroupsTaken.whileOneComesAndGoes(300, Limits.NONE);
    }
}

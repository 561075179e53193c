package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.checker.Leftovers;
import io.slipway.sandbox.cgroup.CgroupLayout;
import io.slipway.sandbox.cgroup.CgroupMounts;
import io.slipway.sandbox.cgroup.CpuLimits;
import io.slipway.sandbox.cgroup.CpusetLimits;
import io.slipway.sandbox.cgroup.Limits;
import io.slipway.sandbox.cgroup.MemoryLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Paused, changed and watched while it runs: with the freezer of either version. */
class PauseTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path temp;

    private final Leftovers before = Leftovers.now();
    private Path root = Path.of("/");
    private Optional<Sandboxes> opened = Optional.empty();

    /** Which versions are used of what this host has mounted. */
    private enum Versions {
        FIRST,
        BOTH
    }

    private static List<Versions> versions() throws IOException {
        return CgroupMounts.detect().first().isEmpty() ? List.of(Versions.BOTH) : List.of(Versions.values());
    }

    @BeforeEach
    void makeARoot() throws Exception {
        root = BusyboxRoot.make(temp.resolve("root"));
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        Sandboxes sandboxes = opened.orElseThrow();
        for (Sandbox sandbox : sandboxes.list()) {
            sandboxes.remove(sandbox);
        }
        sandboxes.close();
        assertThat(before.since(sandboxes.cgroupName())).isEmpty();
    }

    private Sandboxes open(Versions versions) throws IOException {
        CgroupMounts all = CgroupMounts.detect();
        CgroupMounts used = versions == Versions.BOTH ? all : new CgroupMounts(all.first(), Optional.empty(), Set.of());
        Sandboxes sandboxes =
                Sandboxes.open(temp.resolve("state"), "test", Optional.empty(), false, CgroupLayout.of(used));
        opened = Optional.of(sandboxes);
        return sandboxes;
    }

    private Sandbox start(Versions versions, String script) throws Exception {
        Sandbox sandbox = open(versions)
                .start(SandboxSpec.of("c1", List.of(root), List.of("/bin/sh", "-c", "echo up; " + script)));
        until(() -> Files.readString(sandbox.stdoutLog()).startsWith("up\n"));
        return sandbox;
    }

    private static void until(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("waited for " + LONG).isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void pausedItUsesNothingAndAnswersNothingUntilItIsResumed(Versions versions) throws Exception {
        Sandbox busy = start(versions, "while :; do :; done");
        assertThat(busy.paused()).isFalse();
        busy.pause();
        busy.pause();
        assertThat(busy.paused()).isTrue();
        assertThat(busy.state()).isEqualTo(Sandbox.State.RUNNING);
        double used = busy.stats().cpuSeconds();
        assertThat(busy.awaitExit(Duration.ofMillis(150))).isEmpty();
        assertThat(busy.stats().cpuSeconds()).isEqualTo(used);
        busy.resume();
        assertThat(busy.paused()).isFalse();
        until(() -> busy.stats().cpuSeconds() > used);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void pausedItCanBeKilledWithItsTrueExit(Versions versions) throws Exception {
        Sandbox paused = start(versions, "sleep 1000 & while :; do :; done");
        paused.pause();
        long start = System.nanoTime();
        assertThat(paused.kill().text()).isEqualTo("killed by SIGKILL");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
        assertThat(paused.processes()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void pausedItIsAskedToEndAndMayAnswer(Versions versions) throws Exception {
        Sandbox polite = start(versions, "trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done");
        until(() -> Files.readString(polite.stdoutLog()).endsWith("ready\n"));
        polite.pause();
        assertThat(polite.stop("SIGTERM", LONG).text()).isEqualTo("exited 7");
        assertThatThrownBy(polite::pause)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("container c1 cannot be paused: it has ended (exited 7)");
    }

    @ParameterizedTest
    @MethodSource("versions")
    void pausedItIsRemovedWhole(Versions versions) throws Exception {
        Sandbox paused = start(versions, "sleep 1000 & sleep 1000");
        paused.pause();
        opened.orElseThrow().remove(paused);
        assertThat(opened.orElseThrow().list()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void itsLimitsChangeWhileItRunsAndAreKeptForWhoReturns(Versions versions) throws Exception {
        Sandbox sandbox = start(versions, "while :; do :; done");
        Limits limits = Limits.NONE
                .withMemory(MemoryLimits.max(64 << 20))
                .withCpu(CpuLimits.cores(0.1))
                .withCpuset(CpusetLimits.cpus("0"))
                .withPids(OptionalInt.of(9));
        sandbox.update(limits);
        assertThat(sandbox.spec().limits()).isEqualTo(limits);
        until(() -> sandbox.stats().cpu().throttledPeriods() > 1);
        assertThat(sandbox.stats().memory().limitBytes()).hasValue(64 << 20);
        assertThat(sandbox.stats().pidsMax()).hasValue(9);
        assertThat(Files.readString(Path.of("/proc/" + sandbox.pid() + "/status")))
                .contains("Cpus_allowed_list:\t0\n");
        opened.orElseThrow().close();
        Sandboxes returned = open(versions);
        assertThat(returned.adopt().running()).hasSize(1);
        assertThat(returned.find("c1").orElseThrow().spec().limits()).isEqualTo(limits);
        assertThatThrownBy(() -> returned.find("c1").orElseThrow().update(limits.withCpuset(CpusetLimits.cpus("800"))))
                .hasMessageContaining("cpuset-cpus 800");
        assertThat(returned.find("c1").orElseThrow().spec().limits()).isEqualTo(limits);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void itsProcessesAreShownAsItSeesThemAndAsTheHostDoes(Versions versions) throws Exception {
        Sandbox sandbox = start(versions, "sleep 1000 & exec sleep 1001");
        until(() -> sandbox.processes().stream()
                        .filter(process -> process.command().startsWith("sleep 100"))
                        .count()
                == 2);
        List<ContainerProcess> processes = sandbox.processes();
        assertThat(processes).extracting(ContainerProcess::pidInside).startsWith(1, 2);
        assertThat(processes.get(0).pid()).isEqualTo(sandbox.pid());
        assertThat(processes.get(1).command()).isEqualTo("sleep 1001");
        assertThat(processes.get(1).user()).isEqualTo("root");
        assertThat(processes.get(1).uid()).isZero();
        assertThat(processes.get(1).rssBytes()).isPositive();
        assertThat(processes.get(2).command()).isEqualTo("sleep 1000");
    }

    @ParameterizedTest
    @MethodSource("versions")
    void nothingOfItReachesTheGroupsFiles(Versions versions) throws Exception {
        // A release agent would run on the host as root (CVE-2022-0492).
        Sandbox sandbox = start(
                versions,
                "mkdir /tmp/g; for c in memory cpu pids; do mount -t cgroup -o $c x /tmp/g && echo mounted; done;"
                        + " mount -t cgroup2 x /tmp/g && echo mounted; ls /sys/fs/cgroup; echo done");
        sandbox.awaitExit(LONG);
        assertThat(Files.readString(sandbox.stdoutLog())).isEqualTo("up\ndone\n");
    }
}

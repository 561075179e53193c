package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.checker.Leftovers;
import io.slipway.sandbox.cgroup.CgroupLayout;
import io.slipway.sandbox.cgroup.CgroupMounts;
import io.slipway.sandbox.cgroup.Limits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the unified hierarchy that is mounted here; it has no controllers where they are bound to version 1, but joins, accounts and kills. */
class CgroupV2Test {
    @TempDir
    Path temp;

    private static Path unified() throws Exception {
        return CgroupMounts.detect().unified().orElseThrow();
    }

    @Test
    void a_container_is_born_in_its_group_accounted_for_and_killed_with_it() throws Exception {
        Leftovers before = Leftovers.now();
        Path root = BusyboxRoot.make(temp.resolve("root"));
        CgroupLayout layout = CgroupLayout.of(new CgroupMounts(Map.of(), Optional.of(unified()), Set.of()));
        String name;
        try (Sandboxes sandboxes = Sandboxes.open(temp.resolve("state"), "test", Optional.empty(), false, layout)) {
            name = sandboxes.cgroupName();
            Sandbox busy = sandboxes.start(
                    SandboxSpec.of("c1", List.of(root), List.of("/bin/sh", "-c", "sleep 1000 & while :; do :; done")));
            assertThat(busy.awaitExit(Duration.ofMillis(300))).isEmpty();
            assertThat(Files.readString(Path.of("/proc/" + busy.pid() + "/cgroup")))
                    .contains("0::/slipway/" + name + "/c1\n");
            assertThat(busy.stats().cpuSeconds()).isPositive();
            assertThat(busy.explain().lines()).anyMatch(line -> line.contains("CLONE_INTO_CGROUP"));
            assertThat(busy.kill().text()).isEqualTo("killed by SIGKILL");
            assertThat(Files.readAllLines(busy.cgroups().getFirst().resolve("cgroup.procs")))
                    .isEmpty();
            sandboxes.remove(busy);
        }
        assertThat(before.since(name)).isEmpty();
    }

    @Test
    void a_limit_without_its_controller_is_refused_and_nothing_is_left() throws Exception {
        Leftovers before = Leftovers.now();
        Path root = BusyboxRoot.make(temp.resolve("root"));
        CgroupLayout layout = CgroupLayout.of(new CgroupMounts(Map.of(), Optional.of(unified()), Set.of()));
        Limits pids = Limits.NONE.withPids(OptionalInt.of(10));
        String name;
        try (Sandboxes sandboxes = Sandboxes.open(temp.resolve("state"), "test", Optional.empty(), false, layout)) {
            name = sandboxes.cgroupName();
            SandboxSpec spec = SandboxSpec.of("c1", List.of(root), List.of("/bin/true"));
            assertThatThrownBy(() -> sandboxes.start(spec.withLimits(pids)))
                    .hasMessageContaining("a pids limit is asked for")
                    .hasMessageContaining("has no pids controller");
        }
        assertThat(before.since(name)).isEmpty();
    }
}

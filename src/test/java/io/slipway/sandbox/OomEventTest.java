package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.sandbox.cgroup.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OomEventTest extends RealContainers {
    private List<String> told() throws Exception {
        List<String> told = new ArrayList<>();
        try (EventReader events = sandboxes.events().read()) {
            for (Optional<ContainerEvent> next = events.next(); next.isPresent(); next = events.next()) {
                if (next.get().kind() == ContainerEvent.Kind.OOM) {
                    told.add(next.get().detail());
                }
            }
        }
        return told;
    }

    @Test
    void a_process_that_is_killed_for_lack_of_memory_is_told_of_while_the_container_goes_on() throws Exception {
        String script = "tail /dev/zero; while [ ! -e /tmp/go ]; do sleep 0.05; done; tail /dev/zero; exec sleep 1000";
        Sandbox sandbox = sandboxes.start(spec("c1", script).withLimits(Limits.of(32 << 20, 1, 20)));
        until(() -> told().equals(List.of("over 32 MiB: 1 process killed since its start")));
        assertThat(sandbox.state()).isEqualTo(Sandbox.State.RUNNING);
        assertThat(sandbox.stats().oomKills()).isOne();
        sandboxes.close();
        sandboxes = Sandboxes.open(temp.resolve("state"), "test", Optional.empty());
        sandboxes.adopt();
        Sandbox adopted = sandboxes.find("c1").orElseThrow();
        try (Exec exec = adopted.exec(ExecSpec.of(List.of("touch", "/tmp/go")))) {
            assertThat(exec.awaitExit(LONG)).isPresent();
        }
        until(() -> told().size() == 2);
        adopted.kill();
        sandboxes.settle();
        assertThat(told())
                .containsExactly(
                        "over 32 MiB: 1 process killed since its start",
                        "over 32 MiB: 2 processes killed since its start");
    }

    @Test
    void the_end_of_a_container_that_is_killed_for_lack_of_memory_is_told_of_once() throws Exception {
        SandboxSpec spec = SandboxSpec.of("c1", List.of(root), List.of("/bin/tail", "/dev/zero"));
        Sandbox sandbox = sandboxes.start(spec.withLimits(Limits.of(32 << 20, 1, 20)));
        assertThat(sandbox.awaitExit(LONG).orElseThrow().kind()).isEqualTo(Exit.Kind.OOM);
        until(() -> !told().isEmpty());
        sandboxes.settle();
        assertThat(told()).containsExactly("over 32 MiB: 1 process killed since its start");
    }

    @Test
    void one_that_is_started_again_counts_anew() throws Exception {
        String script = "tail /dev/zero; exit 3";
        Sandbox first = sandboxes.start(spec("c1", script).withLimits(Limits.of(32 << 20, 1, 20)));
        assertThat(first.awaitExit(LONG).orElseThrow().code()).isEqualTo(3);
        until(() -> told().size() == 1);
        Sandbox second = sandboxes.start(first, Console.NONE, Map.of());
        assertThat(second.awaitExit(LONG).orElseThrow().code()).isEqualTo(3);
        until(() -> told().size() == 2);
        sandboxes.settle();
        assertThat(told())
                .containsOnly("over 32 MiB: 1 process killed since its start")
                .hasSize(2);
    }
}

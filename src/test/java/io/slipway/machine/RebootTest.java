package io.slipway.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.checker.Leftovers;
import io.slipway.sandbox.Adoption;
import io.slipway.sandbox.Exit;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** After {@link BeforeReboot} and a machine that was switched off while containers ran. */
class RebootTest {
    @Test
    void what_ran_before_is_not_taken_for_running_and_exits_that_were_written_down_are_kept() throws Exception {
        Leftovers before = Leftovers.now();
        try (Sandboxes returned = Sandboxes.open(BeforeReboot.STATE, "test", Optional.empty())) {
            Adoption adoption = returned.adopt();
            assertThat(adoption.running()).isEmpty();
            assertThat(adoption.removed()).isEmpty();
            Map<String, Exit> exits = adoption.ended().stream()
                    .collect(Collectors.toMap(Sandbox::id, ended -> ended.exit().orElseThrow()));
            assertThat(exits).containsOnlyKeys("seen", "unseen", "running");
            assertThat(exits.get("seen").text()).isEqualTo("exited 42");
            assertThat(exits.get("unseen").text()).isEqualTo("exited 43");
            assertThat(exits.get("running").kind()).isEqualTo(Exit.Kind.UNKNOWN);
            for (Sandbox sandbox : adoption.ended()) {
                returned.remove(sandbox);
            }
        }
        try (var left = Files.list(BeforeReboot.STATE)) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("lock", "owner");
        }
        assertThat(before.since()).isEmpty();
    }
}

package io.slipway.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.checker.Leftovers;
import io.slipway.sandbox.Adoption;
import io.slipway.sandbox.Exit;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import java.nio.file.Files;
import java.util.Optional;
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
            // In order of id. The first ran on: how a power failure ended it nobody saw.
            assertThat(adoption.ended()).extracting(Sandbox::id).containsExactly("running", "seen", "unseen");
            assertThat(adoption.ended().stream()
                            .map(ended -> ended.exit().orElseThrow())
                            .map(exit -> exit.kind() == Exit.Kind.EXITED
                                    ? exit.text()
                                    : exit.kind().name()))
                    .containsExactly("UNKNOWN", "exited 42", "exited 43");
            for (Sandbox sandbox : adoption.ended()) {
                returned.remove(sandbox);
            }
        }
        try (var left = Files.list(BeforeReboot.STATE)) {
            assertThat(left.map(path -> path.getFileName().toString())).isSubsetOf("lock", "owner", "events.jsonl");
        }
        assertThat(before.since()).isEmpty();
    }
}

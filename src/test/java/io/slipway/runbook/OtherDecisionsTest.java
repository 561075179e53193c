package io.slipway.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OtherDecisionsTest {
    @Test
    void what_was_decided_outside_of_rollouts_is_told_with_service_hashes_and_escaped_reasons() {
        Decision first = HashChain.append(Optional.empty(), HashChainTest.draft("mended | <b>"));
        OtherDecisions other = new OtherDecisions(List.of(first));
        assertThat(other.markdown())
                .startsWith("# Decisions outside of rollouts\n")
                .contains("| 1 | ", "| checkout | rollout.rolling | mended \\| &lt;b&gt; |", first.hash());
        assertThat(other.json())
                .contains("\"slug\":\"outside-rollouts\"", "\"service\":\"checkout\"", "\"sequence\":1")
                .contains("\"previousHash\":\"" + first.previousHash(), "\"hash\":\"" + first.hash());
    }
}

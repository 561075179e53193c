package io.slipway.control;

import io.slipway.base.Reason;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.runbook.Decision;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The chain of decisions. */
public interface DecisionLog {
    /** Appends to the chain, in the transaction of its thread. Writers take turns from here to their commit, so it comes last in it. */
    Decision append(Draft draft);

    /** Oldest first. */
    List<Decision> of(RolloutId rollout);

    /** A decision before it has its place in the chain. {@code evidence} is written as canonical JSON. */
    record Draft(
            Optional<RolloutId> rollout,
            ServiceName service,
            long version,
            String kind,
            String by,
            String fromState,
            String toState,
            Reason reason,
            Map<String, Object> evidence,
            Instant at) {}
}

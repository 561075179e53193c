package io.slipway.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.slipway.base.Reason;
import io.slipway.base.RolloutId;
import io.slipway.runbook.Decision;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A decision, as it lies in the chain. {@code evidence} is what was known when it was made. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DecisionJson(
        long sequence,
        @Nullable String rollout,
        String service,
        long version,
        String kind,
        String by,
        String fromState,
        String toState,
        Reason reason,
        @JsonRawValue String evidence,
        Instant at,
        String previousHash,
        String hash) {
    static DecisionJson of(Decision d) {
        return new DecisionJson(
                d.sequence(),
                d.rollout().map(RolloutId::value).orElse(null),
                d.service().value(),
                d.version(),
                d.kind(),
                d.by(),
                d.fromState(),
                d.toState(),
                d.reason(),
                d.evidence().isBlank() ? "{}" : d.evidence(),
                d.at(),
                d.previousHash(),
                d.hash());
    }
}

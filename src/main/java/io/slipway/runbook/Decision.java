package io.slipway.runbook;

import io.slipway.base.Reason;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import java.time.Instant;
import java.util.Optional;

/**
 * What was decided, by whom or what, why, on which evidence. Append-only; each hash covers the one before it.
 *
 * @param sequence position in the chain, from 1, without gaps
 * @param version of the rollout (or service) that this decision made; unique per rollout
 * @param kind e.g. {@code rollout.rolling}, {@code service.unhold}
 * @param by a person, or {@code slipway}
 * @param evidence canonical JSON: event, verdict, fleet; {@code {}} when there is none
 * @param previousHash SHA-256 of the decision before, hex; 64 zeros for the first
 * @param hash SHA-256 over previousHash and the canonical form of all other fields, hex
 */
public record Decision(
        long sequence,
        Optional<RolloutId> rollout,
        ServiceName service,
        long version,
        String kind,
        String by,
        String fromState,
        String toState,
        Reason reason,
        String evidence,
        Instant at,
        String previousHash,
        String hash) {}

package io.slipway.rollout;

import io.slipway.base.RevisionId;
import io.slipway.base.Weight;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What a rollout carries along.
 *
 * @param revision the candidate
 * @param stable the revision to go back to; empty for a service's first release
 * @param weight the candidate's share that the edge was last told
 * @param milestones names of contract.md (checked, promoted, settled, ...) to when they were reached
 */
public record Course(
        RevisionId revision, Optional<RevisionId> stable, Weight weight, Map<String, Instant> milestones) {}

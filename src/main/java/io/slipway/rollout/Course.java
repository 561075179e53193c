package io.slipway.rollout;

import io.slipway.base.RevisionId;
import io.slipway.base.Weight;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a rollout carries along.
 *
 * @param revision the candidate
 * @param stable the revision to go back to; empty for a service's first release
 * @param weight the candidate's share that the edge was last told
 * @param milestones names to when they were reached: {@code begun, checked, promoted, reverting, restored} (all traffic is back on the stable
 *     revision), and the name of the ending
 */
public record Course(RevisionId revision, Optional<RevisionId> stable, Weight weight, Map<String, Instant> milestones) {
    public Course withWeight(Weight told) {
        return new Course(revision, stable, told, milestones);
    }

    /** With a milestone reached; its first time counts. */
    public Course reached(String milestone, Instant at) {
        SortedMap<String, Instant> all = new TreeMap<>(milestones);
        all.putIfAbsent(milestone, at);
        return new Course(revision, stable, weight, Collections.unmodifiableSortedMap(all));
    }

    public boolean isFirstRelease() {
        return stable.isEmpty();
    }
}

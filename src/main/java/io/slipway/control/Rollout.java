package io.slipway.control;

import io.slipway.analysis.Verdict;
import io.slipway.base.Epoch;
import io.slipway.base.Reason;
import io.slipway.base.RevisionId;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.release.ReleaseSpec;
import io.slipway.rollout.Course;
import io.slipway.rollout.Ending;
import io.slipway.rollout.FleetView;
import io.slipway.rollout.RolloutState;
import java.time.Instant;
import java.util.Optional;

/**
 * A rollout as stored.
 *
 * @param release id of the request that began it
 * @param spec what was declared, fully expanded
 * @param version rises by one with each decision
 * @param reason why it is in this state
 * @param waitingFor what would move it on; empty when over
 * @param epoch of the leader that wrote it last
 * @param fleet what the last FleetChanged event said; empty when the target has changed since
 * @param verdict the judge's last look
 * @param comparedSince windows from here on are compared
 */
public record Rollout(
        RolloutId id,
        String release,
        ReleaseSpec spec,
        String owner,
        long version,
        RolloutState state,
        Reason reason,
        Optional<String> waitingFor,
        Optional<Instant> wakeAt,
        Epoch epoch,
        Optional<FleetView> fleet,
        Optional<Verdict> verdict,
        Optional<Instant> comparedSince,
        Optional<Instant> lookedAt,
        Instant createdAt,
        Instant updatedAt) {

    public ServiceName service() {
        return spec.service();
    }

    public RevisionId revision() {
        return state.course().revision();
    }

    public Optional<RevisionId> stable() {
        return state.course().stable();
    }

    /** Whether nothing can happen to it any more. An unproven one still waits for its owner, and serves. */
    public boolean isOver() {
        return state instanceof RolloutState.Ended ended && ended.ending() != Ending.UNPROVEN;
    }

    /** The row before it began, with the revision that is stable by now. */
    Rollout from(Optional<RevisionId> stable) {
        Course course = new Course(
                revision(), stable, state.course().weight(), state.course().milestones());
        return new Rollout(
                id,
                release,
                spec,
                owner,
                version,
                new RolloutState.Queued(course),
                reason,
                waitingFor,
                wakeAt,
                epoch,
                fleet,
                verdict,
                comparedSince,
                lookedAt,
                createdAt,
                updatedAt);
    }

    /** The row after a decision. */
    Rollout decided(
            RolloutState next, Reason why, Optional<String> waiting, Optional<Instant> wake, Epoch by, Instant now) {
        return new Rollout(
                id,
                release,
                spec,
                owner,
                version + 1,
                next,
                why,
                waiting,
                wake,
                by,
                fleet,
                verdict,
                comparedSince,
                lookedAt,
                createdAt,
                now);
    }

    /** The row after an event that changed nothing: what is waited for, and until when. */
    Rollout waiting(Optional<String> what, Optional<Instant> wake, Instant now) {
        return new Rollout(
                id,
                release,
                spec,
                owner,
                version,
                state,
                reason,
                what,
                wake,
                epoch,
                fleet,
                verdict,
                comparedSince,
                lookedAt,
                createdAt,
                now);
    }

    /** Comparison begins now, and not with what was seen before. */
    Rollout comparedFrom(Optional<Instant> since) {
        return new Rollout(
                id,
                release,
                spec,
                owner,
                version,
                state,
                reason,
                waitingFor,
                wakeAt,
                epoch,
                fleet,
                Optional.empty(),
                since,
                Optional.empty(),
                createdAt,
                updatedAt);
    }
}

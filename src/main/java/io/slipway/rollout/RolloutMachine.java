package io.slipway.rollout;

import io.slipway.base.RevisionId;
import io.slipway.base.Weight;
import io.slipway.release.ReleaseSpec;
import io.slipway.rollout.RolloutState.AwaitingApproval;
import io.slipway.rollout.RolloutState.Checking;
import io.slipway.rollout.RolloutState.Ended;
import io.slipway.rollout.RolloutState.Gating;
import io.slipway.rollout.RolloutState.Holding;
import io.slipway.rollout.RolloutState.Paused;
import io.slipway.rollout.RolloutState.Queued;
import io.slipway.rollout.RolloutState.Reverting;
import io.slipway.rollout.RolloutState.Shifting;
import io.slipway.rollout.RolloutState.Starting;
import io.slipway.rollout.RolloutState.Watching;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The rollout. Pure and total: the same state, event, plan and time always give the same answer, and there is one for each pair of state and
 * event. {@code src/docs/rollout-states.md} is rendered from it.
 *
 * <pre>
 *   queued -> checking -> [starting -> shifting -> hold, gate, approval]* -> starting -> shifting -> watching -> settled
 *                 \______________________ reverting -> reverted, aborted, failed, superseded ____/      \-> unproven
 * </pre>
 */
public final class RolloutMachine {
    private RolloutMachine() {}

    /** The state in which a rollout is stored, with no milestone reached. */
    public static RolloutState queued(Course course) {
        return new Queued(course);
    }

    /** The course of a rollout that has not begun. */
    public static Course course(RevisionId revision, Optional<RevisionId> stable) {
        return new Course(revision, stable, Weight.ZERO, Map.of());
    }

    /**
     * What an event does to a rollout.
     *
     * @param spec of the candidate, with at least one weight among its steps
     * @param now in the database's time
     */
    public static Transition decide(RolloutState state, RolloutEvent event, ReleaseSpec spec, Instant now) {
        Moment moment = new Moment(spec, now);
        return switch (state) {
            case Queued it -> Beginning.decide(it, event, moment);
            case Checking it -> Beginning.decide(it, event, moment);
            case Starting it -> Rolling.decide(it, event, moment);
            case Shifting it -> Rolling.decide(it, event, moment);
            case Holding it -> Rolling.decide(it, event, moment);
            case Gating it -> Rolling.decide(it, event, moment);
            case AwaitingApproval it -> Rolling.decide(it, event, moment);
            case Paused it -> Pausing.decide(it, event, moment);
            case Watching it -> Watched.decide(it, event, moment);
            case Reverting it -> Finishing.decide(it, event, moment);
            case Ended it -> Finishing.decide(it, event, moment);
        };
    }
}

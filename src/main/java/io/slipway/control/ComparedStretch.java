package io.slipway.control;

import io.slipway.rollout.RolloutState;
import io.slipway.rollout.RolloutState.AwaitingApproval;
import io.slipway.rollout.RolloutState.Gating;
import io.slipway.rollout.RolloutState.Holding;
import io.slipway.rollout.RolloutState.Paused;
import io.slipway.rollout.RolloutState.Shifting;
import io.slipway.rollout.RolloutState.Starting;
import io.slipway.rollout.RolloutState.Watching;
import java.time.Instant;
import java.util.Optional;

/** Which stretch of time a rollout is compared over: from the first confirmed weight on, and anew from the promotion on. */
final class ComparedStretch {
    private ComparedStretch() {}

    static Rollout continued(Rollout before, Rollout after, Instant now) {
        boolean promoted = after.state() instanceof Watching && !watching(before.state());
        boolean begun = before.comparedSince().isEmpty() && compares(after.state());
        return promoted || begun ? after.comparedFrom(Optional.of(now)) : after;
    }

    /** Whether the judge looks in this state: both arms have traffic and no reverting is under way. */
    static boolean compares(RolloutState state) {
        return switch (state) {
            case Holding h -> true;
            case Gating g -> true;
            case AwaitingApproval a -> true;
            case Watching w -> true;
            case Paused p -> compares(p.resumeTo());
            case Starting s -> s.course().weight().basisPoints() > 0;
            case Shifting s -> s.course().weight().basisPoints() > 0;
            case RolloutState.Queued q -> false;
            case RolloutState.Checking c -> false;
            case RolloutState.Reverting r -> false;
            case RolloutState.Ended e -> false;
        };
    }

    private static boolean watching(RolloutState state) {
        return state instanceof Watching || state instanceof Paused p && watching(p.resumeTo());
    }
}

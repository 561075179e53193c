package io.slipway.rollout;

import io.slipway.analysis.Verdict;
import io.slipway.base.Reason;
import io.slipway.release.Check;
import java.time.Duration;

/** What can happen to a rollout. Each is a stored row before it is decided upon. */
public sealed interface RolloutEvent {
    /** Begin. */
    record Begin() implements RolloutEvent {}

    record CheckPassed(Check check, Reason finding) implements RolloutEvent {}

    record CheckFailed(Check check, Reason finding) implements RolloutEvent {}

    /** What the hosts report about this rollout's replicas and routes has changed. */
    record FleetChanged(FleetView fleet) implements RolloutEvent {}

    /**
     * The judge looked, and found something other than at its last look, or a deadline needs its word, or a gate has just been entered or waits
     * (then at every look: what moves it on is the count of requests).
     */
    record Judged(Verdict verdict) implements RolloutEvent {}

    /**
     * The judge found a regression, and so many services have trouble at once that it is hardly this release's: nothing is reverted by itself.
     *
     * @param tell whether people do not know yet
     */
    record Held(Verdict verdict, Reason why, boolean tell) implements RolloutEvent {}

    /** A point in time that a transition asked for has been reached. */
    record Woken() implements RolloutEvent {}

    record Approve(String by, Reason why) implements RolloutEvent {}

    record Pause(String by, Reason why) implements RolloutEvent {}

    record Resume(String by, Reason why) implements RolloutEvent {}

    /** Skip what is left of the steps and go to 100 %. */
    record Promote(String by, Reason why) implements RolloutEvent {}

    record Abort(String by, Reason why) implements RolloutEvent {}

    record Revert(String by, Reason why) implements RolloutEvent {}

    /** Take an unproven revision as it is. */
    record Accept(String by, Reason why) implements RolloutEvent {}

    /** Watch longer. */
    record Extend(String by, Duration more, Reason why) implements RolloutEvent {}

    /** A newer release of the service takes this one's place. */
    record Supersede(String by, Reason why) implements RolloutEvent {}
}

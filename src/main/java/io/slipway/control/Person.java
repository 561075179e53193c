package io.slipway.control;

import io.slipway.rollout.RolloutEvent;
import io.slipway.rollout.RolloutEvent.Abort;
import io.slipway.rollout.RolloutEvent.Accept;
import io.slipway.rollout.RolloutEvent.Approve;
import io.slipway.rollout.RolloutEvent.Extend;
import io.slipway.rollout.RolloutEvent.Pause;
import io.slipway.rollout.RolloutEvent.Promote;
import io.slipway.rollout.RolloutEvent.Resume;
import io.slipway.rollout.RolloutEvent.Revert;
import io.slipway.rollout.RolloutEvent.Supersede;
import java.util.Optional;

/** Who is behind an event. */
final class Person {
    private Person() {}

    static Optional<String> of(RolloutEvent event) {
        return switch (event) {
            case Approve e -> Optional.of(e.by());
            case Pause e -> Optional.of(e.by());
            case Resume e -> Optional.of(e.by());
            case Promote e -> Optional.of(e.by());
            case Abort e -> Optional.of(e.by());
            case Revert e -> Optional.of(e.by());
            case Accept e -> Optional.of(e.by());
            case Extend e -> Optional.of(e.by());
            case Supersede e -> Optional.of(e.by());
            case RolloutEvent.Begin e -> Optional.empty();
            case RolloutEvent.CheckPassed e -> Optional.empty();
            case RolloutEvent.CheckFailed e -> Optional.empty();
            case RolloutEvent.FleetChanged e -> Optional.empty();
            case RolloutEvent.Judged e -> Optional.empty();
            case RolloutEvent.Held e -> Optional.empty();
            case RolloutEvent.Woken e -> Optional.empty();
        };
    }

    /** The same event in the name of whoever was authenticated, whatever the request said. */
    static RolloutEvent signed(RolloutEvent event, String by) {
        return switch (event) {
            case Approve e -> new Approve(by, e.why());
            case Pause e -> new Pause(by, e.why());
            case Resume e -> new Resume(by, e.why());
            case Promote e -> new Promote(by, e.why());
            case Abort e -> new Abort(by, e.why());
            case Revert e -> new Revert(by, e.why());
            case Accept e -> new Accept(by, e.why());
            case Extend e -> new Extend(by, e.more(), e.why());
            case Supersede e -> new Supersede(by, e.why());
            case RolloutEvent.Begin e -> e;
            case RolloutEvent.CheckPassed e -> e;
            case RolloutEvent.CheckFailed e -> e;
            case RolloutEvent.FleetChanged e -> e;
            case RolloutEvent.Judged e -> e;
            case RolloutEvent.Held e -> e;
            case RolloutEvent.Woken e -> e;
        };
    }
}

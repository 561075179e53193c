package io.slipway.rollout;

import io.slipway.base.Arm;
import io.slipway.base.RevisionId;
import io.slipway.base.Weight;
import java.util.List;
import java.util.Optional;

/** What a service should run and how its traffic is split. An arm that is absent has no replicas. Weights sum to 100 %, or all are 0. */
public record Target(List<ArmTarget> arms) {
    public Optional<ArmTarget> arm(Arm arm) {
        return arms.stream().filter(it -> it.arm() == arm).findFirst();
    }

    /** The share of one arm; 0 when it is absent. */
    public Weight weightOf(Arm arm) {
        return arm(arm).map(ArmTarget::weight).orElse(Weight.ZERO);
    }

    /** Replicas of the routed process in one arm; 0 when it is absent. */
    public int replicasOf(Arm arm) {
        return arm(arm).map(ArmTarget::replicas).orElse(0);
    }

    /**
     * One arm.
     *
     * @param replicas of the routed process (0 with {@code others} false means none)
     * @param others whether the service's other processes run at their full count for this revision, too
     * @param weight share of all of the service's traffic
     */
    public record ArmTarget(Arm arm, RevisionId revision, int replicas, boolean others, Weight weight) {}
}

package io.slipway.rollout;

import io.slipway.base.Arm;
import io.slipway.base.RevisionId;
import io.slipway.base.Weight;
import java.util.List;

/** What a service should run and how its traffic is split. An arm that is absent has no replicas. Weights sum to 100 %, or all are 0. */
public record Target(List<ArmTarget> arms) {
    /**
     * One arm.
     *
     * @param replicas of the routed process (0 with {@code others} false means none)
     * @param others whether the service's other processes run at their full count for this revision, too
     * @param weight share of all of the service's traffic
     */
    public record ArmTarget(Arm arm, RevisionId revision, int replicas, boolean others, Weight weight) {}
}

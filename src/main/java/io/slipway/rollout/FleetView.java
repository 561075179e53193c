package io.slipway.rollout;

import io.slipway.base.Arm;
import io.slipway.base.Weight;
import java.util.Map;
import java.util.Optional;

/**
 * What the hosts report about a rollout, arm by arm.
 *
 * @param arms absent arms have no replicas
 * @param candidateWeight the candidate's share that every edge has confirmed; empty while they differ
 */
public record FleetView(Map<Arm, ArmView> arms, Optional<Weight> candidateWeight) {
    private static final ArmView ABSENT = new ArmView(0, 0, 0, Optional.empty());

    /** One arm; all counts 0 when it is absent. */
    public ArmView arm(Arm arm) {
        return arms.getOrDefault(arm, ABSENT);
    }

    /**
     * Replicas of one arm.
     *
     * @param wanted assigned to hosts
     * @param ready taking or able to take traffic
     * @param failed ended or crash-looping; counted until replaced
     * @param failure what the first failed one died of
     */
    public record ArmView(int wanted, int ready, int failed, Optional<String> failure) {}
}

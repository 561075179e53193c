package io.slipway.control;

import io.slipway.base.AllocationId;
import io.slipway.base.Arm;
import io.slipway.base.ServiceName;
import io.slipway.control.FleetStore.Placed;
import io.slipway.control.FleetStore.Stage;
import io.slipway.placement.AllocationStatus;
import io.slipway.rollout.Ending;
import io.slipway.rollout.RolloutState;
import io.slipway.rollout.RolloutState.Ended;
import io.slipway.rollout.RolloutState.Paused;
import io.slipway.rollout.RolloutState.Watching;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes failed replicas away, so that others are placed: at once the first time, then after 1 s, 2 s, 4 s and so on up to a minute, while
 * they keep failing. A candidate that fails before its promotion stays: its failure is for the rollout to decide upon. So does one that its own
 * host starts again, or has given up by its restart policy.
 */
final class Replacement {
    private static final Logger LOG = LoggerFactory.getLogger(Replacement.class);
    private static final Duration MEMORY = Duration.ofMinutes(10);
    private static final int DOUBLINGS_MAX = 6;
    private final FleetStore fleet;

    Replacement(FleetStore fleet) {
        this.fleet = fleet;
    }

    /** Returns those that failed and stay for now. */
    Set<AllocationId> takeAway(List<Placed> placed, Map<ServiceName, Rollout> active, Instant now) {
        Set<AllocationId> spared = new HashSet<>();
        for (Placed p : placed) {
            if (p.stage() == Stage.WANTED && p.failed()) {
                boolean left = p.status().filter(it -> !it.isToBeReplaced()).isPresent();
                if (left
                        || isEvidence(p, active)
                        || p.statusAt().plus(wait(p, now)).isAfter(now)) {
                    spared.add(p.allocation().id());
                } else {
                    takeAway(p, now);
                }
            }
        }
        return spared;
    }

    private void takeAway(Placed p, Instant now) {
        LOG.warn(
                "{} on {} failed and is replaced: {}",
                p.allocation().id(),
                p.allocation().host(),
                p.status().map(AllocationStatus::reason).orElse("unknown"));
        fleet.stage(p.allocation().id(), Stage.LEAVING, now);
    }

    private static boolean isEvidence(Placed placed, Map<ServiceName, Rollout> active) {
        Rollout rollout = active.get(placed.allocation().revision().service());
        return rollout != null && placed.allocation().arm() == Arm.CANDIDATE && !isPromoted(rollout.state());
    }

    private static boolean isPromoted(RolloutState state) {
        return state instanceof Watching
                || state instanceof Paused paused && isPromoted(paused.resumeTo())
                || state instanceof Ended ended && ended.ending() == Ending.UNPROVEN;
    }

    private Duration wait(Placed placed, Instant now) {
        int failures = fleet.failures(placed.allocation().revision().service(), now.minus(MEMORY));
        return failures == 0
                ? Duration.ZERO
                : Duration.ofSeconds(Math.min(60, 1L << Math.min(failures - 1, DOUBLINGS_MAX)));
    }
}

package io.slipway.control;

import io.slipway.base.Arm;
import io.slipway.base.ServiceName;
import io.slipway.control.FleetStore.Placed;
import io.slipway.control.FleetStore.Stage;
import io.slipway.rollout.RolloutState;
import io.slipway.rollout.RolloutState.Paused;
import io.slipway.rollout.RolloutState.Watching;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes failed replicas away, so that others are placed: at once the first time, then after 1 s, 2 s, 4 s and so on up to a minute, while
 * they keep failing. A candidate that fails before its promotion stays: its failure is for the rollout to decide upon.
 */
final class Replacement {
    private static final Logger LOG = LoggerFactory.getLogger(Replacement.class);
    private static final Duration MEMORY = Duration.ofMinutes(10);
    private static final int DOUBLINGS_MAX = 6;
    private final FleetStore fleet;

    Replacement(FleetStore fleet) {
        this.fleet = fleet;
    }

    void takeAway(List<Placed> placed, Map<ServiceName, Rollout> active, Instant now) {
        placed.stream()
                .filter(p -> p.stage() == Stage.WANTED && p.failed())
                .filter(p -> !isEvidence(p, active))
                .filter(p -> !p.statusAt().plus(wait(p, now)).isAfter(now))
                .forEach(p -> {
                    LOG.warn(
                            "{} of {} on {} failed and is replaced: {}",
                            p.allocation().id(),
                            p.allocation().revision(),
                            p.allocation().host(),
                            p.status().map(s -> s.reason()).orElse("unknown"));
                    fleet.stage(p.allocation().id(), Stage.LEAVING, now);
                });
    }

    private static boolean isEvidence(Placed placed, Map<ServiceName, Rollout> active) {
        Rollout rollout = active.get(placed.allocation().revision().service());
        return rollout != null && placed.allocation().arm() == Arm.CANDIDATE && !isPromoted(rollout.state());
    }

    private static boolean isPromoted(RolloutState state) {
        return state instanceof Watching || state instanceof Paused paused && isPromoted(paused.resumeTo());
    }

    private Duration wait(Placed placed, Instant now) {
        int failures = fleet.failures(placed.allocation().revision().service(), now.minus(MEMORY));
        return failures == 0
                ? Duration.ZERO
                : Duration.ofSeconds(Math.min(60, 1L << Math.min(failures - 1, DOUBLINGS_MAX)));
    }
}

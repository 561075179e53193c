package io.slipway.store;

import io.slipway.base.RevisionId;
import io.slipway.base.Weight;
import io.slipway.control.Rollout;
import io.slipway.control.Views.RolloutView;
import io.slipway.rollout.Course;
import io.slipway.rollout.RolloutState;
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
import io.slipway.rollout.Target;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A rollout's row as people see it. */
final class RolloutViews {
    private RolloutViews() {}

    /** {@code silent} tells of hosts that it may wait for in vain. */
    static RolloutView of(Rollout r, Optional<Target> target, Optional<String> silent) {
        return new RolloutView(
                r.id(),
                r.release(),
                r.revision(),
                r.stable(),
                r.version(),
                r.state(),
                r.reason(),
                waitingFor(r)
                        .map(what -> silent.map(hosts -> what + "; " + hosts).orElse(what)),
                step(r.state()),
                target.map(RolloutViews::weights)
                        .orElseGet(() -> weights(r.state().course())),
                r.state().course().milestones(),
                deadlines(r.state()),
                r.verdict(),
                r.spec(),
                r.owner(),
                r.createdAt(),
                r.updatedAt());
    }

    /** With the judge's newest look, which the row keeps at every look and not only when the outcome changes. */
    private static Optional<String> waitingFor(Rollout r) {
        return switch (r.state()) {
            case Ended e -> Optional.empty();
            case Holding h -> looked(r);
            case Gating g -> looked(r);
            case AwaitingApproval a -> looked(r);
            case Watching w -> looked(r);
            default -> r.waitingFor();
        };
    }

    static boolean waitsForHosts(RolloutState state) {
        return switch (state) {
            case Queued q -> false;
            case AwaitingApproval a -> false;
            case Paused p -> false;
            case Ended e -> false;
            case Checking c -> true;
            case Starting s -> true;
            case Shifting s -> true;
            case Holding h -> true;
            case Gating g -> true;
            case Watching w -> true;
            case Reverting v -> true;
        };
    }

    private static Optional<String> looked(Rollout r) {
        String look = r.verdict().map(v -> "; at the last look: " + v.inBrief()).orElse("");
        return r.waitingFor().map(waiting -> waiting + look);
    }

    private static Map<RevisionId, Weight> weights(Target target) {
        Map<RevisionId, Weight> weights = new LinkedHashMap<>();
        target.arms()
                .forEach(arm -> weights.merge(
                        arm.revision(), arm.weight(), (a, b) -> new Weight(a.basisPoints() + b.basisPoints())));
        return weights;
    }

    private static Map<RevisionId, Weight> weights(Course course) {
        Map<RevisionId, Weight> weights = new LinkedHashMap<>();
        weights.put(course.revision(), course.weight());
        course.stable().ifPresent(stable -> weights.put(stable, Weight.ALL.minus(course.weight())));
        return weights;
    }

    static Optional<Integer> step(RolloutState state) {
        return switch (state) {
            case Starting s -> Optional.of(s.step());
            case Shifting s -> Optional.of(s.step());
            case Holding s -> Optional.of(s.step());
            case Gating s -> Optional.of(s.step());
            case AwaitingApproval s -> Optional.of(s.step());
            case Paused s -> step(s.resumeTo());
            case Queued s -> Optional.empty();
            case Checking s -> Optional.empty();
            case Watching s -> Optional.empty();
            case Reverting s -> Optional.empty();
            case Ended s -> Optional.empty();
        };
    }

    private static Map<String, Instant> deadlines(RolloutState state) {
        return switch (state) {
            case Checking s -> Map.of("checks", s.deadline());
            case Starting s -> Map.of("ready", s.deadline());
            case Shifting s -> Map.of("shifted", s.deadline());
            case Holding s -> Map.of("hold", s.until());
            case Gating s -> Map.of("gate", s.deadline());
            case AwaitingApproval s -> Map.of("approval", s.deadline());
            case Watching s -> Map.of("watch", s.deadline());
            case Queued s -> Map.of();
            case Paused s -> Map.of();
            case Reverting s -> Map.of();
            case Ended s -> Map.of();
        };
    }
}

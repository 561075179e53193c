package io.slipway.rollout;

import io.slipway.base.Arm;
import io.slipway.base.Reason;
import io.slipway.base.Weight;
import io.slipway.release.Check;
import io.slipway.release.ReleaseSpec;
import io.slipway.release.Step;
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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One decision in the making: the plan, and what time it is. Knows how states are entered. */
record Moment(ReleaseSpec spec, Instant now) {
    static final Duration CHECK_AT_MOST = Duration.ofMinutes(5);
    static final Duration START_AT_MOST = Duration.ofMinutes(5);
    static final Duration SHIFT_AT_MOST = Duration.ofMinutes(5);
    /** After so long without the edges' confirmation somebody must look at a revert. */
    static final Duration REVERT_URGENT_AFTER = Duration.ofMinutes(1);
    /** After so long a revert is over although hosts have not yet reported the last replicas gone. */
    static final Duration DRAIN_AT_MOST = Duration.ofMinutes(2);

    Transition stay(RolloutState state, String code, String text) {
        return go(state, List.of(), new Reason(code, text));
    }

    Transition go(RolloutState next, List<Effect> effects, Reason why) {
        return new Transition(next, List.copyOf(effects), why, wakeAt(next));
    }

    Transition end(Course course, Ending ending, List<Effect> effects, Reason why) {
        Course reached = course.reached(ending.label(), now);
        return go(new Ended(reached, ending, why, now), effects, why);
    }

    /** Enters the step at an index. */
    Transition enter(Course course, int index, String because) {
        return switch (spec.release().steps().get(index)) {
            case Step.SetWeight(Weight weight) -> start(course, index, weight, because);
            case Step.Hold(Duration duration) ->
                go(
                        new Holding(course, index, now.plus(duration)),
                        List.of(),
                        new Reason("holding", because + "; holding " + Words.duration(duration)));
            case Step.Gate(long minRequests, Duration atMost) ->
                go(
                        new Gating(course, index, now.plus(atMost)),
                        List.of(),
                        new Reason(
                                "gating",
                                because + "; gate: healthy on " + minRequests + " requests of each arm within "
                                        + Words.duration(atMost)));
            case Step.Approve(String by, Duration atMost) -> {
                Reason why = new Reason(
                        "awaiting-approval",
                        because + "; waiting up to " + Words.duration(atMost) + " for the approval of " + approver(by));
                yield go(
                        new AwaitingApproval(course, index, now.plus(atMost)),
                        List.of(new Effect.Notify(Effect.Severity.ROUTINE, why)),
                        why);
            }
        };
    }

    String approver(String by) {
        return by.equals("owner") ? spec.release().owner() + " (the owner)" : by;
    }

    private Transition start(Course course, int index, Weight weight, String because) {
        Target target = Targets.of(spec, course, weight, Targets.Phase.STARTING);
        if (!needsReplicas(course, target)) {
            return shift(course, index, because);
        }
        String text = because + "; starting " + Words.replicas(target) + " for " + weight;
        return go(
                new Starting(course, index, now.plus(START_AT_MOST)),
                List.of(new Effect.Converge(target)),
                new Reason("starting", text));
    }

    /** Once a weight is on, the arms are ready; then replicas are waited for only where the next weight needs more of them. */
    private boolean needsReplicas(Course course, Target target) {
        if (course.weight().equals(Weight.ZERO)) {
            return true;
        }
        int running = Targets.candidateReplicas(Targets.fullReplicas(spec), course.weight());
        boolean others = spec.processes().size() > 1
                && target.arms().stream().anyMatch(it -> it.arm() == Arm.CANDIDATE && it.others());
        return others || target.replicasOf(Arm.CANDIDATE) > running;
    }

    /** Tells the edge the weight of the step at an index. */
    Transition shift(Course course, int index, String because) {
        Weight weight = weightAt(index);
        Target target = Targets.of(spec, course, weight, Targets.Phase.SHIFTED);
        Course told = course.withWeight(target.weightOf(Arm.CANDIDATE));
        return go(
                new Shifting(told, index, now.plus(SHIFT_AT_MOST)),
                List.of(new Effect.Converge(target)),
                new Reason("shifting", because + "; shifting to " + Words.weights(target)));
    }

    Weight weightAt(int index) {
        return spec.release().steps().get(index) instanceof Step.SetWeight(Weight weight) ? weight : Weight.ALL;
    }

    /** Index of the promotion: the step that gives all traffic. */
    int promotion() {
        List<Step> steps = spec.release().steps();
        for (int i = steps.size() - 1; i >= 0; i--) {
            if (steps.get(i) instanceof Step.SetWeight) {
                return i;
            }
        }
        throw new IllegalArgumentException(
                "the plan of " + spec.service() + " gives the new revision no traffic: no weight among its steps");
    }

    /** Enters the first of the checks that remain, or the first step. */
    Transition check(Course course, List<Check> remaining, String because) {
        if (remaining.isEmpty()) {
            return firstStep(course.reached("checked", now), because);
        }
        Check check = remaining.getFirst();
        return go(
                new Checking(course, List.copyOf(remaining), now.plus(CHECK_AT_MOST)),
                List.of(effectOf(course, check)),
                new Reason("checking", because + "; checking " + Words.check(check)));
    }

    Effect effectOf(Course course, Check check) {
        return switch (check) {
            case IMAGE, CAPACITY -> new Effect.RunCheck(check);
            case SMOKE -> new Effect.Converge(Targets.of(spec, course, Weight.ZERO, Targets.Phase.SMOKING));
        };
    }

    private Transition firstStep(Course course, String because) {
        return course.isFirstRelease()
                ? enter(course, promotion(), because + "; first release: no baseline, so straight to 100%")
                : enter(course, 0, because);
    }

    /** Traffic back first; replicas are stopped once the edges have confirmed. Where none has traffic they are stopped at once. */
    Transition revert(Course course, Reason why, Ending then, List<Effect> alongside) {
        boolean drained = course.isFirstRelease() || course.weight().equals(Weight.ZERO);
        Targets.Phase phase = drained ? Targets.Phase.BACK : Targets.Phase.DRAINING;
        Course back = course.withWeight(Weight.ZERO).reached("reverting", now);
        List<Effect> effects = new ArrayList<>();
        effects.add(new Effect.Converge(Targets.of(spec, course, course.weight(), phase)));
        effects.addAll(alongside);
        if (drained) {
            effects.add(new Effect.Notify(Effect.Severity.ROUTINE, why));
        }
        return go(new Reverting(back, why, now, then, drained), effects, why);
    }

    /** When a state must be looked at even if nothing happens. */
    static Optional<Instant> wakeAt(RolloutState state) {
        return switch (state) {
            case Queued _, Paused _, Ended _ -> Optional.empty();
            case Checking it -> Optional.of(it.deadline());
            case Starting it -> Optional.of(it.deadline());
            case Shifting it -> Optional.of(it.deadline());
            case Holding it -> Optional.of(it.until());
            case Gating it -> Optional.of(it.deadline());
            case AwaitingApproval it -> Optional.of(it.deadline());
            case Watching it -> Optional.of(it.deadline());
            case Reverting it -> Optional.of(it.since().plus(it.shifted() ? DRAIN_AT_MOST : REVERT_URGENT_AFTER));
        };
    }
}

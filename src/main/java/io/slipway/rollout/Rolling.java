package io.slipway.rollout;

import io.slipway.analysis.Outcome;
import io.slipway.analysis.Verdict;
import io.slipway.base.Arm;
import io.slipway.base.Reason;
import io.slipway.base.Weight;
import io.slipway.release.Step;
import io.slipway.rollout.RolloutEvent.Abort;
import io.slipway.rollout.RolloutEvent.Accept;
import io.slipway.rollout.RolloutEvent.Approve;
import io.slipway.rollout.RolloutEvent.Begin;
import io.slipway.rollout.RolloutEvent.CheckFailed;
import io.slipway.rollout.RolloutEvent.CheckPassed;
import io.slipway.rollout.RolloutEvent.Extend;
import io.slipway.rollout.RolloutEvent.FleetChanged;
import io.slipway.rollout.RolloutEvent.Held;
import io.slipway.rollout.RolloutEvent.Judged;
import io.slipway.rollout.RolloutEvent.Pause;
import io.slipway.rollout.RolloutEvent.Promote;
import io.slipway.rollout.RolloutEvent.Resume;
import io.slipway.rollout.RolloutEvent.Revert;
import io.slipway.rollout.RolloutEvent.Supersede;
import io.slipway.rollout.RolloutEvent.Woken;
import io.slipway.rollout.RolloutState.AwaitingApproval;
import io.slipway.rollout.RolloutState.Gating;
import io.slipway.rollout.RolloutState.Holding;
import io.slipway.rollout.RolloutState.Shifting;
import io.slipway.rollout.RolloutState.Starting;
import io.slipway.rollout.RolloutState.Watching;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The steps: weights, holds, gates and approvals, up to the promotion. */
final class Rolling {
    private Rolling() {}

    static Transition decide(Starting state, RolloutEvent event, Moment moment) {
        return switch (event) {
            case FleetChanged(FleetView fleet) -> onFleet(state, fleet, moment);
            case Judged(Verdict verdict) -> judged(state, verdict, waiting(state, moment), moment);
            case Woken _ ->
                moment.now().isBefore(state.deadline())
                        ? moment.stay(state, "starting", waiting(state, moment))
                        : tooSlow(state, moment);
            case Promote it ->
                state.step() == moment.promotion()
                        ? moment.stay(state, "starting", "already on the way to 100%; " + waiting(state, moment))
                        : Commands.promote(state, it, moment);
            case Pause it -> Commands.pause(state, it, moment);
            case Abort it -> Commands.abort(state, it, moment);
            case Revert it -> Commands.revert(state, it, moment);
            case Supersede it -> Commands.supersede(state, it, moment);
            case Held it -> Commands.held(state, it, moment);
            case Begin _, CheckPassed _, CheckFailed _ -> moment.stay(state, "starting", waiting(state, moment));
            case Approve _, Resume _, Accept _, Extend _ -> needless(state, event, waiting(state, moment), moment);
        };
    }

    static Transition decide(Shifting state, RolloutEvent event, Moment moment) {
        return switch (event) {
            case FleetChanged(FleetView fleet) -> onFleet(state, fleet, moment);
            case Judged(Verdict verdict) -> judged(state, verdict, waiting(state), moment);
            case Woken _ ->
                moment.now().isBefore(state.deadline())
                        ? moment.stay(state, "shifting", waiting(state))
                        : giveUp(
                                state,
                                Ending.ABORTED,
                                "edges-silent",
                                "not every edge confirmed the weights in time",
                                moment);
            case Promote it ->
                state.step() == moment.promotion()
                        ? moment.stay(state, "shifting", "already on the way to 100%; " + waiting(state))
                        : Commands.promote(state, it, moment);
            case Pause it -> Commands.pause(state, it, moment);
            case Abort it -> Commands.abort(state, it, moment);
            case Revert it -> Commands.revert(state, it, moment);
            case Supersede it -> Commands.supersede(state, it, moment);
            case Held it -> Commands.held(state, it, moment);
            case Begin _, CheckPassed _, CheckFailed _ -> moment.stay(state, "shifting", waiting(state));
            case Approve _, Resume _, Accept _, Extend _ -> needless(state, event, waiting(state), moment);
        };
    }

    static Transition decide(Holding state, RolloutEvent event, Moment moment) {
        String waiting = "holding at " + state.course().weight() + " until " + Words.time(state.until());
        return switch (event) {
            case FleetChanged(FleetView fleet) -> fleet(state, fleet, "holding", waiting, moment);
            case Judged(Verdict verdict) -> judged(state, verdict, waiting, moment);
            case Woken _ ->
                moment.now().isBefore(state.until())
                        ? moment.stay(state, "holding", waiting)
                        : moment.enter(state.course(), state.step() + 1, "held without a regression");
            case Promote it -> Commands.promote(state, it, moment);
            case Pause it -> Commands.pause(state, it, moment);
            case Abort it -> Commands.abort(state, it, moment);
            case Revert it -> Commands.revert(state, it, moment);
            case Supersede it -> Commands.supersede(state, it, moment);
            case Held it -> Commands.held(state, it, moment);
            case Begin _, CheckPassed _, CheckFailed _ -> moment.stay(state, "holding", waiting);
            case Approve _, Resume _, Accept _, Extend _ -> needless(state, event, waiting, moment);
        };
    }

    static Transition decide(Gating state, RolloutEvent event, Moment moment) {
        String waiting = "gate: waiting for a healthy verdict, until " + Words.time(state.deadline()) + " at most";
        return switch (event) {
            case FleetChanged(FleetView fleet) -> fleet(state, fleet, "gating", waiting, moment);
            case Judged(Verdict verdict) -> gate(state, verdict, waiting, moment);
            case Woken _ ->
                moment.now().isBefore(state.deadline())
                        ? moment.stay(state, "gating", waiting)
                        : giveUp(
                                state,
                                Ending.ABORTED,
                                "lack-of-evidence",
                                "gate: no healthy verdict by its deadline, aborted for lack of evidence",
                                moment);
            case Promote it -> Commands.promote(state, it, moment);
            case Pause it -> Commands.pause(state, it, moment);
            case Abort it -> Commands.abort(state, it, moment);
            case Revert it -> Commands.revert(state, it, moment);
            case Supersede it -> Commands.supersede(state, it, moment);
            case Held it -> Commands.held(state, it, moment);
            case Begin _, CheckPassed _, CheckFailed _ -> moment.stay(state, "gating", waiting);
            case Approve _, Resume _, Accept _, Extend _ -> needless(state, event, waiting, moment);
        };
    }

    static Transition decide(AwaitingApproval state, RolloutEvent event, Moment moment) {
        String by =
                moment.spec().release().steps().get(state.step()) instanceof Step.Approve step ? step.by() : "owner";
        String waiting =
                "waiting for the approval of " + moment.approver(by) + " until " + Words.time(state.deadline());
        return switch (event) {
            case FleetChanged(FleetView fleet) -> fleet(state, fleet, "awaiting-approval", waiting, moment);
            case Judged(Verdict verdict) -> judged(state, verdict, waiting, moment);
            case Approve it ->
                moment.enter(
                        state.course(),
                        state.step() + 1,
                        Commands.by("approved", it.by(), it.why()).text());
            case Woken _ ->
                moment.now().isBefore(state.deadline())
                        ? moment.stay(state, "awaiting-approval", waiting)
                        : giveUp(
                                state,
                                Ending.ABORTED,
                                "not-approved",
                                "not approved by " + moment.approver(by) + " in time",
                                moment);
            case Promote it -> Commands.promote(state, it, moment);
            case Pause it -> Commands.pause(state, it, moment);
            case Abort it -> Commands.abort(state, it, moment);
            case Revert it -> Commands.revert(state, it, moment);
            case Supersede it -> Commands.supersede(state, it, moment);
            case Held it -> Commands.held(state, it, moment);
            case Begin _, CheckPassed _, CheckFailed _ -> moment.stay(state, "awaiting-approval", waiting);
            case Resume _, Accept _, Extend _ -> needless(state, event, waiting, moment);
        };
    }

    private static Transition onFleet(Starting state, FleetView fleet, Moment moment) {
        Target target = target(state, moment);
        FleetView.ArmView candidate = fleet.arm(Arm.CANDIDATE);
        if (candidate.failed() > 0) {
            return failed(state, candidate, moment);
        }
        boolean ready = candidate.ready() >= target.replicasOf(Arm.CANDIDATE)
                && fleet.arm(Arm.CONTROL).ready() >= target.replicasOf(Arm.CONTROL);
        return ready
                ? moment.shift(state.course(), state.step(), "all replicas are ready")
                : moment.stay(state, "starting", waiting(state, moment) + " (" + Words.arms(fleet) + ")");
    }

    private static Transition failed(Starting state, FleetView.ArmView candidate, Moment moment) {
        String cause = candidate.failure().orElse("no reason reported");
        Reason why = new Reason(
                "replica-failed", "a replica of " + state.course().revision() + " failed to start: " + cause);
        return state.course().weight().equals(Weight.ZERO)
                ? moment.revert(state.course(), Commands.back(state, why), Ending.FAILED, List.of())
                : Commands.heal(state, why, moment);
    }

    private static Transition onFleet(Shifting state, FleetView fleet, Moment moment) {
        boolean unrouted = moment.spec().route().isEmpty();
        Weight told = state.course().weight();
        boolean confirmed =
                unrouted || fleet.candidateWeight().filter(told::equals).isPresent();
        return Commands.revertOn(state, fleet, moment)
                .orElseGet(() -> confirmed ? arrived(state, moment) : moment.stay(state, "shifting", waiting(state)));
    }

    private static Transition arrived(Shifting state, Moment moment) {
        String confirmed = "the edges confirm " + state.course().weight();
        if (state.step() != moment.promotion()) {
            return moment.enter(state.course(), state.step() + 1, confirmed);
        }
        Duration watch = moment.spec().release().watch().duration();
        Instant until = moment.now().plus(watch);
        Course promoted = state.course().reached("promoted", moment.now());
        String text = confirmed + "; promoted, watching for " + Words.duration(watch) + ", until " + Words.time(until);
        return moment.go(new Watching(promoted, moment.now(), until, false), List.of(), new Reason("promoted", text));
    }

    private static Transition gate(Gating state, Verdict verdict, String waiting, Moment moment) {
        long wanted =
                moment.spec().release().steps().get(state.step()) instanceof Step.Gate gate ? gate.minRequests() : 1;
        long requests = Commands.requests(verdict);
        if (verdict.outcome() == Outcome.HEALTHY && !verdict.commonCause()) {
            return requests >= wanted
                    ? moment.enter(state.course(), state.step() + 1, "gate passed: " + verdict.sentence())
                    : moment.stay(
                            state,
                            "too-few-requests",
                            "gate: healthy so far, on " + requests + " of " + wanted + " requests; " + waiting);
        }
        Trouble trouble = Trouble.of(verdict, state.told(), waiting, moment);
        return Commands.revertOn(state, verdict, moment)
                .orElseGet(() -> moment.go(
                        new Gating(state.course(), state.step(), state.deadline(), trouble.name(), trouble.told()),
                        trouble.effects(),
                        trouble.reason()));
    }

    /** Where nothing waits for a verdict, nobody is told that there is none. */
    private static Transition judged(RolloutState state, Verdict verdict, String waiting, Moment moment) {
        return Commands.revertOn(state, verdict, moment)
                .orElseGet(() -> moment.go(
                        state,
                        List.of(),
                        Trouble.of(verdict, Map.of(), waiting, moment).reason()));
    }

    private static Transition fleet(RolloutState state, FleetView fleet, String code, String waiting, Moment moment) {
        return Commands.revertOn(state, fleet, moment)
                .orElseGet(() -> moment.stay(state, code, waiting + " (" + Words.arms(fleet) + ")"));
    }

    private static Transition tooSlow(Starting state, Moment moment) {
        Ending ending = state.course().weight().equals(Weight.ZERO) ? Ending.FAILED : Ending.ABORTED;
        return giveUp(state, ending, "not-ready", "not all replicas became ready in time", moment);
    }

    private static Transition giveUp(RolloutState state, Ending ending, String code, String text, Moment moment) {
        return moment.revert(state.course(), Commands.back(state, new Reason(code, text)), ending, List.of());
    }

    private static Transition needless(RolloutState state, RolloutEvent event, String waiting, Moment moment) {
        return moment.stay(state, "nothing-to-do", "there is nothing to " + Commands.verb(event) + " now; " + waiting);
    }

    private static Target target(Starting state, Moment moment) {
        return Targets.of(moment.spec(), state.course(), moment.weightAt(state.step()), Targets.Phase.STARTING);
    }

    private static String waiting(Starting state, Moment moment) {
        return "waiting for " + Words.replicas(target(state, moment)) + " to be ready, until "
                + Words.time(state.deadline()) + " at most";
    }

    private static String waiting(Shifting state) {
        return "waiting for every edge to confirm " + state.course().weight() + ", until "
                + Words.time(state.deadline()) + " at most";
    }
}

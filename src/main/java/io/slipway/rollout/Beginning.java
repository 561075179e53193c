package io.slipway.rollout;

import io.slipway.base.Arm;
import io.slipway.base.Reason;
import io.slipway.release.Check;
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
import io.slipway.rollout.RolloutState.Checking;
import io.slipway.rollout.RolloutState.Queued;
import java.util.List;

/** Before any traffic: queued, and the checks. */
final class Beginning {
    private Beginning() {}

    static Transition decide(Queued state, RolloutEvent event, Moment moment) {
        return switch (event) {
            case Begin _ ->
                moment.check(
                        state.course().reached("begun", moment.now()),
                        moment.spec().release().checks(),
                        "begun");
            case Abort it ->
                moment.end(state.course(), Ending.ABORTED, List.of(), Commands.by("aborted", it.by(), it.why()));
            case Revert it ->
                moment.end(state.course(), Ending.REVERTED, List.of(), Commands.by("reverted", it.by(), it.why()));
            case Supersede it ->
                moment.end(state.course(), Ending.SUPERSEDED, List.of(), Commands.by("superseded", it.by(), it.why()));
            case CheckPassed _, CheckFailed _, FleetChanged _, Judged _, Held _, Woken _ ->
                moment.stay(state, "queued", "not begun: waiting for its turn");
            case Approve _, Pause _, Resume _, Promote _, Accept _, Extend _ ->
                moment.stay(state, "not-begun", "not begun, so there is nothing to " + Commands.verb(event) + " yet");
        };
    }

    static Transition decide(Checking state, RolloutEvent event, Moment moment) {
        return switch (event) {
            case CheckPassed(Check check, Reason finding) ->
                check == current(state) && check != Check.SMOKE
                        ? next(state, finding.text(), moment)
                        : moment.stay(state, "checking", "not the check that is waited for; " + waiting(state));
            case CheckFailed(Check check, Reason finding) ->
                check == current(state)
                        ? fail(state, finding, moment)
                        : moment.stay(state, "checking", "not the check that is waited for; " + waiting(state));
            case FleetChanged(FleetView fleet) -> onFleet(state, fleet, moment);
            case Woken _ -> onWoken(state, moment);
            case Pause it -> Commands.pause(state, it, moment);
            case Abort it -> leave(state, Ending.ABORTED, Commands.by("aborted", it.by(), it.why()), moment);
            case Revert it -> leave(state, Ending.REVERTED, Commands.by("reverted", it.by(), it.why()), moment);
            case Supersede it -> leave(state, Ending.SUPERSEDED, Commands.by("superseded", it.by(), it.why()), moment);
            case Promote _ ->
                moment.stay(state, "checks-first", "checks are not skipped: promote once they hold; " + waiting(state));
            case Begin _, Judged _, Held _ -> moment.stay(state, "checking", waiting(state));
            case Approve _, Resume _, Accept _, Extend _ ->
                moment.stay(
                        state,
                        "checking",
                        "there is nothing to " + Commands.verb(event) + " during the checks; " + waiting(state));
        };
    }

    private static Check current(Checking state) {
        return state.remaining().getFirst();
    }

    private static String waiting(Checking state) {
        return "checking " + Words.check(current(state)) + ", until " + Words.time(state.deadline()) + " at most";
    }

    private static Transition next(Checking state, String finding, Moment moment) {
        return moment.check(
                state.course(), state.remaining().subList(1, state.remaining().size()), finding);
    }

    private static Transition onFleet(Checking state, FleetView fleet, Moment moment) {
        FleetView.ArmView candidate = fleet.arm(Arm.CANDIDATE);
        if (current(state) != Check.SMOKE) {
            return moment.stay(state, "checking", waiting(state));
        }
        if (candidate.ready() >= 1) {
            return next(state, "smoke: a replica of " + state.course().revision() + " became ready", moment);
        }
        if (candidate.failed() > 0) {
            String cause = candidate.failure().orElse("no reason reported");
            return fail(
                    state, new Reason("smoke-failed", "smoke: the replica without traffic failed: " + cause), moment);
        }
        return moment.stay(state, "checking", waiting(state));
    }

    private static Transition onWoken(Checking state, Moment moment) {
        if (moment.now().isBefore(state.deadline())) {
            return moment.stay(state, "checking", waiting(state));
        }
        String text = "no answer from checking " + Words.check(current(state)) + " within "
                + Words.duration(Moment.CHECK_AT_MOST);
        return fail(state, new Reason("check-timed-out", text), moment);
    }

    private static Transition fail(Checking state, Reason finding, Moment moment) {
        Reason why = new Reason(
                finding.code(),
                finding.text() + "; no traffic reached " + state.course().revision());
        return leave(state, Ending.FAILED, why, moment);
    }

    /** Only the smoke check starts a replica, which then must be taken away. */
    private static Transition leave(Checking state, Ending ending, Reason why, Moment moment) {
        return current(state) == Check.SMOKE
                ? moment.revert(state.course(), why, ending, List.of())
                : moment.end(state.course(), ending, List.of(new Effect.Notify(Effect.Severity.ROUTINE, why)), why);
    }
}

package io.slipway.rollout;

import io.slipway.analysis.Outcome;
import io.slipway.analysis.Verdict;
import io.slipway.base.Reason;
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
import io.slipway.rollout.RolloutState.Ended;
import io.slipway.rollout.RolloutState.Watching;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** After the promotion: the watch, and one that ended without evidence. */
final class Watched {
    private Watched() {}

    static Transition decide(Watching state, RolloutEvent event, Moment moment) {
        return switch (event) {
            case Judged(Verdict verdict) -> onVerdict(state, verdict, moment);
            case FleetChanged(FleetView fleet) ->
                Commands.revertOn(state, fleet, moment)
                        .orElseGet(
                                () -> moment.stay(state, "watching", waiting(state) + " (" + Words.arms(fleet) + ")"));
            case Woken _ ->
                moment.now().isBefore(state.deadline())
                        ? moment.stay(state, "watching", waiting(state))
                        : end(state, moment);
            case Extend it -> extend(state, it, moment);
            case Pause it -> Commands.pause(state, it, moment);
            case Revert it -> Commands.revert(state, it, moment);
            case Supersede it -> supersede(state.course(), state, it, moment);
            case Abort _ ->
                moment.stay(
                        state,
                        "promoted",
                        "promoted already, so there is nothing to abort: use revert; " + waiting(state));
            case Promote _ -> moment.stay(state, "promoted", "promoted already; " + waiting(state));
            case Accept _ ->
                moment.stay(
                        state, "watching", "only a watch that ended without evidence is accepted; " + waiting(state));
            case Held it -> Commands.held(state, it, moment);
            case Begin _, CheckPassed _, CheckFailed _ -> moment.stay(state, "watching", waiting(state));
            case Approve _, Resume _ ->
                moment.stay(
                        state,
                        "nothing-to-do",
                        "there is nothing to " + Commands.verb(event) + " now; " + waiting(state));
        };
    }

    /** An unproven one: traffic and replicas stay as they are until its owner has decided. */
    static Transition decideUnproven(Ended state, RolloutEvent event, Moment moment) {
        String waiting = "waiting for " + moment.approver("owner") + " to accept, extend or revert";
        return switch (event) {
            case Accept it -> settle(state.course(), Commands.by("accepted", it.by(), it.why()), moment);
            case Extend it -> rewatch(state, it, moment);
            case Revert it -> Commands.revert(state, it, moment);
            case Supersede it -> supersede(state.course(), state, it, moment);
            case FleetChanged(FleetView fleet) ->
                Commands.revertOn(state, fleet, moment).orElseGet(() -> moment.stay(state, "unproven", waiting));
            case Judged(Verdict verdict) ->
                Commands.revertOn(state, verdict, moment).orElseGet(() -> moment.stay(state, "unproven", waiting));
            case Held it -> Commands.held(state, it, moment);
            case Begin _, CheckPassed _, CheckFailed _, Woken _ -> moment.stay(state, "unproven", waiting);
            case Abort _ -> moment.stay(state, "promoted", "promoted already: use revert; " + waiting);
            case Approve _, Pause _, Resume _, Promote _ ->
                moment.stay(state, "nothing-to-do", "there is nothing to " + Commands.verb(event) + " now; " + waiting);
        };
    }

    private static String waiting(Watching state) {
        return "watching until " + Words.time(state.deadline());
    }

    private static Transition onVerdict(Watching state, Verdict verdict, Moment moment) {
        return Commands.revertOn(state, verdict, moment).orElseGet(() -> keep(state, verdict, moment));
    }

    private static Transition keep(Watching state, Verdict verdict, Moment moment) {
        boolean proven = verdict.outcome() == Outcome.HEALTHY && !verdict.commonCause();
        Trouble trouble = Trouble.of(verdict, state.told(), waiting(state), moment);
        Watching next = new Watching(state.course(), state.since(), state.deadline(), proven, trouble.told());
        return moment.go(next, trouble.effects(), trouble.reason());
    }

    private static Transition end(Watching state, Moment moment) {
        String watched = "watched for " + Words.duration(Duration.between(state.since(), moment.now()));
        if (state.proven()) {
            return settle(state.course(), new Reason("settled", watched + ", healthy at the last look"), moment);
        }
        if (state.course().isFirstRelease()) {
            String text = watched + "; first release: no baseline, and no absolute condition was violated";
            return settle(state.course(), new Reason("settled", text), moment);
        }
        if (moment.spec().release().stopConditions().isEmpty()) {
            String text = "back on " + state.course().revision().label()
                    + ", which was stable before; nothing was declared to compare";
            return settle(state.course(), new Reason("settled", text), moment);
        }
        Reason why = new Reason(
                "unproven",
                watched + " without enough evidence to call it healthy: " + moment.approver("owner")
                        + " accepts, extends or reverts; traffic stays as it is");
        return moment.end(
                state.course(), Ending.UNPROVEN, List.of(new Effect.Notify(Effect.Severity.ROUTINE, why)), why);
    }

    private static Transition settle(Course course, Reason why, Moment moment) {
        return moment.end(course, Ending.SETTLED, settling(course, moment), why);
    }

    private static List<Effect> settling(Course course, Moment moment) {
        Target target = Targets.of(moment.spec(), course, course.weight(), Targets.Phase.SETTLED);
        return List.of(new Effect.MakeStable(course.revision()), new Effect.Converge(target));
    }

    /** A first release that has all traffic stays: there is nothing to go back to, and taking it away would be an outage. */
    private static Transition supersede(Course course, RolloutState state, RolloutEvent.Supersede it, Moment moment) {
        if (!course.isFirstRelease()) {
            return Commands.supersede(state, it, moment);
        }
        String text = Commands.by("superseded", it.by(), it.why()).text();
        Reason why = new Reason("superseded", text + "; first release: stays as what the next one is compared with");
        return moment.end(course, Ending.SUPERSEDED, settling(course, moment), why);
    }

    private static Transition extend(Watching state, Extend it, Moment moment) {
        Watching next = new Watching(
                state.course(), state.since(), state.deadline().plus(it.more()), state.proven(), state.told());
        return moment.go(next, List.of(), extended(next, it));
    }

    private static Transition rewatch(Ended state, Extend it, Moment moment) {
        Watching next = new Watching(state.course(), moment.now(), moment.now().plus(it.more()), false);
        return moment.go(next, List.of(), extended(next, it));
    }

    private static Reason extended(Watching next, Extend it) {
        List<String> parts = new ArrayList<>();
        parts.add(Commands.by("extended", it.by(), it.why()).text());
        parts.add("by " + Words.duration(it.more()));
        parts.add(waiting(next));
        return new Reason("extended", String.join("; ", parts));
    }
}

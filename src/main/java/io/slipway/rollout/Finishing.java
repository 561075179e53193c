package io.slipway.rollout;

import io.slipway.base.Arm;
import io.slipway.base.Reason;
import io.slipway.base.Weight;
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
import io.slipway.rollout.RolloutState.Reverting;
import java.util.List;
import java.util.Optional;

/** The way back, and what is over. */
final class Finishing {
    private Finishing() {}

    static Transition decide(Reverting state, RolloutEvent event, Moment moment) {
        return switch (event) {
            case FleetChanged(FleetView fleet) ->
                state.shifted() ? drained(state, fleet, moment) : shifted(state, fleet, moment);
            case Woken _ -> onWoken(state, moment);
            case Revert it ->
                state.then() == Ending.REVERTED
                        ? moment.stay(state, "reverting", waiting(state))
                        : moment.go(
                                new Reverting(
                                        state.course(), state.why(), state.since(), Ending.REVERTED, state.shifted()),
                                List.of(),
                                Commands.by("reverted", it.by(), it.why()));
            case Begin _, CheckPassed _, CheckFailed _, Judged _, Held _ ->
                moment.stay(state, "reverting", waiting(state));
            case Approve _, Pause _, Resume _, Promote _, Abort _, Accept _, Extend _, Supersede _ ->
                moment.stay(
                        state,
                        "reverting",
                        "a revert is not stopped: it is too late to " + Commands.verb(event) + "; " + waiting(state));
        };
    }

    static Transition decide(Ended state, RolloutEvent event, Moment moment) {
        if (state.ending() == Ending.UNPROVEN) {
            return Watched.decideUnproven(state, event, moment);
        }
        String over =
                "over since " + Words.time(state.at()) + ": " + state.ending().label();
        return switch (event) {
            case Revert _ -> moment.stay(state, "over", over + "; revert the service instead");
            case Approve _, Pause _, Resume _, Promote _, Abort _, Accept _, Extend _, Supersede _ ->
                moment.stay(state, "over", over + "; too late to " + Commands.verb(event));
            case Begin _, CheckPassed _, CheckFailed _, FleetChanged _, Judged _, Held _, Woken _ ->
                moment.stay(state, "over", over);
        };
    }

    private static String waiting(Reverting state) {
        return state.why().text() + "; "
                + (state.shifted()
                        ? "waiting for the hosts to stop what no longer has traffic"
                        : "waiting for every edge to confirm that nothing goes to "
                                + state.course().revision().label());
    }

    private static Transition shifted(Reverting state, FleetView fleet, Moment moment) {
        boolean confirmed = moment.spec().route().isEmpty()
                || fleet.candidateWeight().filter(Weight.ZERO::equals).isPresent();
        if (!confirmed) {
            return moment.stay(state, "reverting", waiting(state));
        }
        Course restored = state.course().reached("restored", moment.now());
        Reverting next = new Reverting(restored, state.why(), moment.now(), state.then(), true);
        Effect back = new Effect.Converge(Targets.of(moment.spec(), restored, Weight.ZERO, Targets.Phase.BACK));
        String text = "all traffic is back on " + stable(restored) + "; stopping the replicas of "
                + state.course().revision().label();
        return moment.go(next, List.of(back, healed(state, fleet)), new Reason("restored", text));
    }

    /** What people are told when the traffic is back: routine, unless what it went back to is not well. */
    private static Effect healed(Reverting state, FleetView fleet) {
        boolean healthy = fleet.arm(Arm.STABLE).ready() > 0;
        String text = state.course().revision().service() + " "
                + state.course().revision().label() + " -> "
                + stable(state.course()) + ". " + state.why().text() + ". "
                + (healthy ? "Stable healthy. Nothing to do before morning" : "No stable replica is ready: look now");
        return healthy
                ? new Effect.Notify(Effect.Severity.ROUTINE, new Reason("healed", text))
                : new Effect.Notify(Effect.Severity.URGENT, new Reason("stable-not-ready", text));
    }

    private static String stable(Course course) {
        return course.stable().map(it -> it.label()).orElse("nothing");
    }

    private static Transition drained(Reverting state, FleetView fleet, Moment moment) {
        FleetView.ArmView candidate = fleet.arm(Arm.CANDIDATE);
        boolean gone = candidate.wanted() == 0 && candidate.ready() == 0;
        return gone ? over(state, "", moment) : moment.stay(state, "reverting", waiting(state));
    }

    private static Transition onWoken(Reverting state, Moment moment) {
        Optional<java.time.Instant> due = Moment.wakeAt(state);
        if (due.filter(it -> !moment.now().isBefore(it)).isEmpty()) {
            return moment.stay(state, "reverting", waiting(state));
        }
        if (state.shifted()) {
            return over(state, "; hosts have not yet reported the last replicas stopped", moment);
        }
        Reason why = new Reason(
                "revert-unconfirmed",
                "look now: not every edge has confirmed for "
                        + Words.duration(java.time.Duration.between(state.since(), moment.now())) + "; "
                        + waiting(state));
        Reverting next = new Reverting(state.course(), state.why(), moment.now(), state.then(), false);
        return moment.go(next, List.of(new Effect.Notify(Effect.Severity.URGENT, why)), why);
    }

    private static Transition over(Reverting state, String besides, Moment moment) {
        Reason why = new Reason(state.why().code(), state.why().text() + besides);
        return moment.end(state.course(), state.then(), List.of(), why);
    }
}

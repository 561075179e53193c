package io.slipway.rollout;

import io.slipway.analysis.Verdict;
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
import java.util.List;

/** Held by a person. Nothing moves on; stop conditions and people who take it back still work. */
final class Pausing {
    private Pausing() {}

    static Transition decide(Paused state, RolloutEvent event, Moment moment) {
        String waiting = state.why().text() + "; waiting for resume";
        return switch (event) {
            case Resume it -> resume(state, it, moment);
            case Judged(Verdict verdict) ->
                Commands.revertOn(state, verdict, moment)
                        .orElseGet(() -> moment.stay(state, "paused", verdict.sentence() + "; " + waiting));
            case FleetChanged(FleetView fleet) ->
                state.course().weight().equals(Weight.ZERO)
                        ? moment.stay(state, "paused", waiting)
                        : Commands.revertOn(state, fleet, moment)
                                .orElseGet(() -> moment.stay(state, "paused", waiting));
            case Promote it -> promote(state, it, waiting, moment);
            case Abort it -> abort(state, it, waiting, moment);
            case Revert it -> through(state, it, moment);
            case Supersede it -> through(state, it, moment);
            case Held it -> Commands.held(state, it, moment);
            case Begin _, CheckPassed _, CheckFailed _, Woken _ -> moment.stay(state, "paused", waiting);
            case Pause _ -> moment.stay(state, "paused", "already " + waiting);
            case Approve _, Accept _, Extend _ ->
                moment.stay(state, "paused", "resume before you " + Commands.verb(event) + "; " + waiting);
        };
    }

    private static Transition resume(Paused state, Resume it, Moment moment) {
        Duration paused = Duration.between(state.since(), moment.now());
        RolloutState next = later(state.resumeTo(), paused);
        String text =
                Commands.by("resumed", it.by(), it.why()).text() + "; deadlines moved by " + Words.duration(paused);
        return moment.go(next, again(next, moment), new Reason("resumed", text));
    }

    private static Transition promote(Paused state, Promote it, String waiting, Moment moment) {
        return switch (state.resumeTo()) {
            case Starting _, Shifting _, Holding _, Gating _, AwaitingApproval _ -> through(state, it, moment);
            case Queued _, Checking _, Paused _, Watching _, Reverting _, Ended _ ->
                moment.stay(state, "paused", "resume first; " + waiting);
        };
    }

    private static Transition abort(Paused state, Abort it, String waiting, Moment moment) {
        return state.resumeTo() instanceof Watching
                ? moment.stay(
                        state, "promoted", "promoted already, so there is nothing to abort: use revert; " + waiting)
                : through(state, it, moment);
    }

    /** As if it had not been paused. A promotion that was under way when it was paused goes on, too. */
    private static Transition through(Paused state, RolloutEvent event, Moment moment) {
        RolloutState resumed = later(state.resumeTo(), Duration.between(state.since(), moment.now()));
        Transition then = RolloutMachine.decide(resumed, event, moment.spec(), moment.now());
        return then.next().equals(resumed) ? moment.go(resumed, again(resumed, moment), then.reason()) : then;
    }

    /** What was asked for on entering a state is asked for again: answers that came during the pause were not heeded. */
    private static List<Effect> again(RolloutState state, Moment moment) {
        return switch (state) {
            case Checking it ->
                List.of(moment.effectOf(it.course(), it.remaining().getFirst()));
            case Starting it -> List.of(converge(it.course(), it.step(), Targets.Phase.STARTING, moment));
            case Shifting it -> List.of(converge(it.course(), it.step(), Targets.Phase.SHIFTED, moment));
            case Queued _, Holding _, Gating _, AwaitingApproval _, Paused _, Watching _, Reverting _, Ended _ ->
                List.of();
        };
    }

    private static Effect converge(Course course, int step, Targets.Phase phase, Moment moment) {
        return new Effect.Converge(Targets.of(moment.spec(), course, moment.weightAt(step), phase));
    }

    private static RolloutState later(RolloutState state, Duration by) {
        return switch (state) {
            case Checking it ->
                new Checking(it.course(), it.remaining(), it.deadline().plus(by));
            case Starting it ->
                new Starting(it.course(), it.step(), it.deadline().plus(by));
            case Shifting it ->
                new Shifting(it.course(), it.step(), it.deadline().plus(by));
            case Holding it -> new Holding(it.course(), it.step(), it.until().plus(by));
            case Gating it -> new Gating(it.course(), it.step(), it.deadline().plus(by), it.trouble(), it.told());
            case AwaitingApproval it ->
                new AwaitingApproval(it.course(), it.step(), it.deadline().plus(by));
            case Watching it ->
                new Watching(it.course(), it.since(), it.deadline().plus(by), it.proven(), it.told());
            case Queued _, Paused _, Reverting _, Ended _ -> state;
        };
    }
}

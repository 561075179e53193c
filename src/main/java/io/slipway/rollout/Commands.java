package io.slipway.rollout;

import io.slipway.analysis.MetricVerdict;
import io.slipway.analysis.Verdict;
import io.slipway.base.Arm;
import io.slipway.base.Reason;
import io.slipway.release.Metric;
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
import java.util.List;
import java.util.Optional;

/** What means the same in every state with replicas: people's commands, stop conditions, replicas that die. */
final class Commands {
    private Commands() {}

    static Transition pause(RolloutState state, Pause it, Moment moment) {
        Reason why = by("paused", it.by(), it.why());
        return moment.go(new RolloutState.Paused(state.course(), state, moment.now(), why), List.of(), why);
    }

    static Transition abort(RolloutState state, Abort it, Moment moment) {
        return moment.revert(state.course(), back(state, by("aborted", it.by(), it.why())), Ending.ABORTED, List.of());
    }

    static Transition revert(RolloutState state, Revert it, Moment moment) {
        return moment.revert(
                state.course(), back(state, by("reverted", it.by(), it.why())), Ending.REVERTED, List.of());
    }

    static Transition supersede(RolloutState state, Supersede it, Moment moment) {
        Reason why = back(state, by("superseded", it.by(), it.why()));
        return moment.revert(state.course(), why, Ending.SUPERSEDED, List.of());
    }

    static Transition promote(RolloutState state, Promote it, Moment moment) {
        return moment.enter(
                state.course(),
                moment.promotion(),
                by("promoted", it.by(), it.why()).text());
    }

    /** Taken back without a person: the service is held, so that the same fault is not released again. */
    static Transition heal(RolloutState state, Reason finding, Moment moment) {
        Reason why = back(state, finding);
        return moment.revert(state.course(), why, Ending.REVERTED, List.of(new Effect.HoldService(why)));
    }

    /** Stays where it is, and is not called healthy: a person may revert or promote. */
    static Transition held(RolloutState state, Held it, Moment moment) {
        RolloutState next = state instanceof RolloutState.Watching w
                ? new RolloutState.Watching(w.course(), w.since(), w.deadline(), false, w.told())
                : state;
        Reason why = new Reason(
                it.why().code(), it.why().text() + "; here: " + it.verdict().sentence());
        return moment.go(next, it.tell() ? List.of(new Effect.Notify(Effect.Severity.URGENT, why)) : List.of(), why);
    }

    /** Never before the candidate had traffic: then no verdict is about it. */
    static Optional<Transition> revertOn(RolloutState state, Verdict verdict, Moment moment) {
        if (!verdict.reverts() || state.course().weight().basisPoints() == 0) {
            return Optional.empty();
        }
        String code = verdict.metrics().stream()
                .filter(it -> it.outcome() == io.slipway.analysis.Outcome.REGRESSED)
                .findFirst()
                .map(it -> code(it.metric()))
                .orElse("regressed");
        return Optional.of(heal(state, new Reason(code, verdict.sentence()), moment));
    }

    private static String code(Metric metric) {
        return switch (metric) {
            case CRASHES -> "crash-loop";
            case OOM_KILLS -> "out-of-memory";
            case BURN_RATE -> "burn-rate";
            case ERROR_RATE, P95_LATENCY, COST_PER_REQUEST, PROMETHEUS, PUSHED ->
                metric.label().replace('_', '-') + "-regressed";
        };
    }

    /**
     * Takes back a candidate with traffic and no ready replica, if any other replica is ready. Where none is, the host or something that all
     * share is down: not this release's doing.
     */
    static Optional<Transition> revertOn(RolloutState state, FleetView fleet, Moment moment) {
        FleetView.ArmView candidate = fleet.arm(Arm.CANDIDATE);
        boolean others = fleet.arm(Arm.CONTROL).ready() + fleet.arm(Arm.STABLE).ready() > 0;
        boolean alone = state.course().isFirstRelease() && candidate.failed() > 0;
        if (candidate.wanted() == 0 || candidate.ready() > 0 || !(others || alone)) {
            return Optional.empty();
        }
        String cause = candidate.failure().map(it -> ": " + it).orElse("");
        String text = "none of " + candidate.wanted() + " replicas of "
                + state.course().revision() + " is ready" + cause;
        return Optional.of(heal(state, new Reason("candidate-down", text), moment));
    }

    /** The smallest count of requests that any comparison rests on; 0 when there is none. */
    static long requests(Verdict verdict) {
        return verdict.metrics().stream().mapToLong(Commands::requests).min().orElse(0);
    }

    private static long requests(MetricVerdict metric) {
        boolean compared = !Double.isNaN(metric.control());
        return compared ? Math.min(metric.controlRequests(), metric.candidateRequests()) : metric.candidateRequests();
    }

    static Reason by(String done, String by, Reason why) {
        return new Reason(done, done + " by " + by + (why.text().isBlank() ? "" : ": " + why.text()));
    }

    /** Says where the traffic goes. */
    static Reason back(RolloutState state, Reason why) {
        String where = state.course()
                .stable()
                .map(it -> "; back to " + it.label())
                .orElse("; first release: nothing to go back to, so its replicas are stopped");
        return new Reason(why.code(), why.text() + where);
    }

    static String verb(RolloutEvent event) {
        return switch (event) {
            case Begin _ -> "begin";
            case CheckPassed _, CheckFailed _ -> "check";
            case FleetChanged _ -> "observe";
            case Judged _, Held _ -> "judge";
            case Woken _ -> "wake";
            case Approve _ -> "approve";
            case Pause _ -> "pause";
            case Resume _ -> "resume";
            case Promote _ -> "promote";
            case Abort _ -> "abort";
            case Revert _ -> "revert";
            case Accept _ -> "accept";
            case Extend _ -> "extend";
            case Supersede _ -> "supersede";
        };
    }
}

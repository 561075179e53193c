package io.slipway.dashboard;

import io.slipway.analysis.Outcome;
import io.slipway.control.Views.RolloutView;
import io.slipway.control.Views.ServiceView;
import io.slipway.rollout.RolloutState;

/**
 * A state as a shape, a word and a colour, each of which is enough without the others.
 *
 * @param tone {@code good, busy, wait, bad, quiet}: names the shape and the colour
 */
record StateMark(String tone, String word) {
    static StateMark of(ServiceView service) {
        if (service.active().isPresent()) {
            return of(service.active().get());
        }
        if (service.held().isPresent()) {
            return new StateMark("bad", "held");
        }
        return service.latest()
                .filter(r -> r.state().label().equals("unproven")
                        || r.state().label().equals("failed"))
                .map(StateMark::of)
                .orElse(new StateMark(
                        service.stable().isPresent() ? "good" : "quiet",
                        service.stable().isPresent() ? "stable" : "empty"));
    }

    static StateMark of(RolloutView rollout) {
        if (!rollout.state().isOver() && blind(rollout)) {
            return new StateMark("wait", "metrics broken");
        }
        return of(rollout.state());
    }

    static boolean blind(RolloutView rollout) {
        return rollout.verdict()
                .filter(v -> v.outcome() == Outcome.METRICS_BROKEN || v.commonCause())
                .isPresent();
    }

    private static StateMark of(RolloutState state) {
        String word = state.label().replace('-', ' ');
        return switch (state) {
            case RolloutState.AwaitingApproval a -> new StateMark("wait", word);
            case RolloutState.Paused p -> new StateMark("wait", word);
            case RolloutState.Reverting r -> new StateMark("bad", word);
            case RolloutState.Ended e ->
                switch (e.ending()) {
                    case SETTLED -> new StateMark("good", word);
                    case UNPROVEN -> new StateMark("wait", word);
                    case REVERTED, FAILED -> new StateMark("bad", word);
                    case ABORTED, SUPERSEDED -> new StateMark("quiet", word);
                };
            case RolloutState.Queued q -> new StateMark("busy", word);
            case RolloutState.Checking c -> new StateMark("busy", word);
            case RolloutState.Starting s -> new StateMark("busy", word);
            case RolloutState.Shifting s -> new StateMark("busy", word);
            case RolloutState.Holding h -> new StateMark("busy", word);
            case RolloutState.Gating g -> new StateMark("busy", word);
            case RolloutState.Watching w -> new StateMark("busy", word);
        };
    }

    static StateMark of(Outcome outcome) {
        return switch (outcome) {
            case REGRESSED -> new StateMark("bad", "regressed");
            case HEALTHY -> new StateMark("good", "healthy");
            case NOT_ENOUGH_EVIDENCE -> new StateMark("quiet", "not enough evidence");
            case METRICS_BROKEN -> new StateMark("wait", "metrics broken");
        };
    }
}

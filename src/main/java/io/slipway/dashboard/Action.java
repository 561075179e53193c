package io.slipway.dashboard;

import io.slipway.access.Caller;
import io.slipway.access.Scope;
import io.slipway.base.RevisionId;
import io.slipway.control.Views.RolloutView;
import io.slipway.rollout.Ending;
import io.slipway.rollout.RolloutState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Something that somebody may do to a rollout now.
 *
 * @param verb as in the address
 * @param label of the button
 * @param effect what will happen, in a sentence
 * @param style {@code red}, {@code main} or {@code plain}
 */
record Action(String verb, String label, String effect, String style) {
    /** In the order shown; the red one last. */
    static List<Action> of(RolloutView r, Caller caller) {
        List<Action> all = new ArrayList<>();
        if (caller.may(Scope.OPERATE, r.revision().service())) {
            all.addAll(deciding(r));
        }
        if (caller.mayRevert(r.revision().service())) {
            red(r).ifPresent(all::add);
        }
        return all;
    }

    private static List<Action> deciding(RolloutView r) {
        String name = r.revision().label();
        Action pause = new Action(
                "pause", "Pause", name + " keeps its share of the traffic and goes no further until resumed.", "plain");
        Action promote = new Action(
                "promote",
                "Promote now",
                name + " skips the steps that are left and takes all traffic; then its watch begins.",
                "plain");
        Action extend = new Action(
                "extend", "Watch longer", "The watch of " + name + " ends later by the time you give.", "plain");
        return switch (r.state()) {
            case RolloutState.Queued q -> List.of(pause);
            case RolloutState.Checking c -> List.of(pause);
            case RolloutState.Starting s -> List.of(pause, promote);
            case RolloutState.Shifting s -> List.of(pause, promote);
            case RolloutState.Holding h -> List.of(pause, promote);
            case RolloutState.Gating g -> List.of(pause, promote);
            case RolloutState.AwaitingApproval a ->
                List.of(new Action("approve", "Approve", name + " goes on to its next step.", "main"), pause, promote);
            case RolloutState.Paused p ->
                List.of(
                        new Action(
                                "resume",
                                "Resume",
                                name + " goes on where it was; its deadlines move by the time paused.",
                                "main"),
                        promote);
            case RolloutState.Watching w -> List.of(extend);
            case RolloutState.Reverting v -> List.of();
            case RolloutState.Ended e
            when e.ending() == Ending.UNPROVEN ->
                List.of(
                        new Action(
                                "accept",
                                "Accept " + name,
                                name + " is taken as it is, without the evidence that the watch asked for.",
                                "main"),
                        extend);
            case RolloutState.Ended e -> List.of();
        };
    }

    /** The red button. It goes through the service, so that it works long after the rollout, too. */
    private static Optional<Action> red(RolloutView r) {
        boolean serving = r.state() instanceof RolloutState.Ended e
                && (e.ending() == Ending.SETTLED || e.ending() == Ending.UNPROVEN);
        boolean under = !r.state().isOver() && !(r.state() instanceof RolloutState.Reverting);
        if (!under && !serving) {
            return Optional.empty();
        }
        return Optional.of(r.stable()
                .map(to -> revert(r, to))
                .orElseGet(() -> new Action(
                        "revert",
                        "Stop " + r.revision().label(),
                        r.revision().label()
                                + " is the first release: there is nothing to go back to. It is stopped, and the"
                                + " service serves nothing.",
                        "red")));
    }

    private static Action revert(RolloutView r, RevisionId to) {
        String share = Optional.ofNullable(r.weights().get(r.revision()))
                .map(w -> w + " of the traffic")
                .orElse("the traffic");
        return new Action(
                "revert",
                "Revert to " + to.label(),
                "All traffic goes back to " + to.label() + ", and "
                        + r.revision().label() + ", which now has " + share + ", is drained and stopped. " + to.label()
                        + " takes traffic before " + r.revision().label() + " loses it.",
                "red");
    }
}

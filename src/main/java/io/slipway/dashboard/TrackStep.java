package io.slipway.dashboard;

import io.slipway.control.Views.RolloutView;
import io.slipway.release.Step;
import io.slipway.rollout.Ending;
import io.slipway.rollout.RolloutState;
import io.slipway.runbook.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One station of a rollout's track.
 *
 * @param name {@code 25%}, {@code gate}
 * @param detail what it asks for, or what it waits for now
 * @param status {@code done, now, ahead, bad, skipped}
 */
record TrackStep(String name, String detail, String status) {
    private static final String DONE = "done";
    private static final String NOW = "now";
    private static final String AHEAD = "ahead";

    static List<TrackStep> of(RolloutView r, List<Decision> decisions, Instant now) {
        Reached reached = Reached.of(r, decisions);
        List<TrackStep> track = new ArrayList<>();
        track.add(checks(r));
        List<Step> steps = r.spec().release().steps();
        for (int i = 0; i < steps.size(); i++) {
            track.add(step(r, i, steps.get(i), reached));
        }
        track.add(watch(r, now));
        track.add(end(r));
        return track;
    }

    /** In words, for readers who do not see the track. */
    public String statusWord() {
        return switch (status) {
            case DONE -> "done";
            case NOW -> "here now";
            case "bad" -> "ended here";
            case "skipped" -> "not passed";
            default -> "ahead";
        };
    }

    private static TrackStep checks(RolloutView r) {
        String names = r.spec().release().checks().stream()
                .map(c -> c.name().toLowerCase(java.util.Locale.ROOT))
                .collect(Collectors.joining(", "));
        boolean done = r.milestones().containsKey("checked") || promoted(r);
        String status = done
                ? DONE
                : switch (r.state()) {
                    case RolloutState.Queued q -> AHEAD;
                    case RolloutState.Ended e -> "bad";
                    case RolloutState.Reverting v -> "bad";
                    default -> NOW;
                };
        return new TrackStep("checks", names, status);
    }

    private static TrackStep step(RolloutView r, int index, Step step, Reached reached) {
        String name = switch (step) {
            case Step.SetWeight w -> w.weight().toString();
            case Step.Hold h -> "hold";
            case Step.Gate g -> "gate";
            case Step.Approve a -> "approve";
        };
        String detail = switch (step) {
            case Step.SetWeight w -> "of the traffic";
            case Step.Hold h -> Figures.declared(h.duration());
            case Step.Gate g -> Figures.count(g.minRequests()) + " requests, at most " + Figures.declared(g.atMost());
            case Step.Approve a -> "by " + a.by() + ", at most " + Figures.declared(a.atMost());
        };
        return new TrackStep(name, detail, stepStatus(r, index, reached));
    }

    private static String stepStatus(RolloutView r, int index, Reached reached) {
        if (promoted(r)) {
            return DONE;
        }
        if (r.state().isOver() || r.state() instanceof RolloutState.Reverting) {
            return index < reached.step()
                    ? DONE
                    : index > reached.step() ? "skipped" : reached.endedThere() ? "bad" : DONE;
        }
        int here = r.step().orElse(-1);
        return index < here ? DONE : index == here ? NOW : AHEAD;
    }

    private static TrackStep watch(RolloutView r, Instant now) {
        String whole = Figures.declared(r.spec().release().watch().duration());
        return switch (r.state()) {
            case RolloutState.Watching w ->
                new TrackStep(
                        "watch",
                        Figures.duration(Duration.between(w.since(), now)) + " of "
                                + Figures.declared(Duration.between(w.since(), w.deadline())),
                        NOW);
            case RolloutState.Ended e
            when e.ending() == Ending.SETTLED || e.ending() == Ending.UNPROVEN -> new TrackStep("watch", whole, DONE);
            case RolloutState.Ended e -> new TrackStep("watch", whole, promoted(r) ? "bad" : "skipped");
            case RolloutState.Reverting v -> new TrackStep("watch", whole, promoted(r) ? "bad" : "skipped");
            default -> new TrackStep("watch", whole, AHEAD);
        };
    }

    private static TrackStep end(RolloutView r) {
        return switch (r.state()) {
            case RolloutState.Ended e ->
                new TrackStep(
                        e.ending().label(),
                        "",
                        switch (e.ending()) {
                            case SETTLED -> DONE;
                            case UNPROVEN -> NOW;
                            case REVERTED, FAILED, ABORTED, SUPERSEDED -> "bad";
                        });
            case RolloutState.Reverting v -> new TrackStep("reverting", "", NOW);
            default -> new TrackStep("settled", "", AHEAD);
        };
    }

    private static boolean promoted(RolloutView r) {
        return r.milestones().containsKey("promoted") || r.state() instanceof RolloutState.Watching;
    }
}

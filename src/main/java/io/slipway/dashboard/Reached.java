package io.slipway.dashboard;

import io.slipway.control.Views.RolloutView;
import io.slipway.release.Step;
import io.slipway.runbook.Decision;
import java.util.List;

/**
 * How far a rollout that is over, or going back, had come in its plan: read from its decisions, since its state no longer says.
 *
 * @param step the last one that is known to have been reached; -1 for none
 * @param endedThere whether it was still at that step when it ended
 */
record Reached(int step, boolean endedThere) {
    private static final String GATING = "gating";
    private static final String AWAITING = "awaiting-approval";

    static Reached of(RolloutView r, List<Decision> decisions) {
        List<Step> steps = r.spec().release().steps();
        int gate = indexOf(Step.Gate.class, entered(GATING, decisions), steps);
        int approval = indexOf(Step.Approve.class, entered(AWAITING, decisions), steps);
        int first = entered("rolling", decisions) > 0 ? 0 : -1;
        int furthest = Math.max(first, Math.max(gate, approval));
        boolean there = decisions.stream()
                .filter(d -> d.toState().equals("reverting") || isOver(d.toState()))
                .anyMatch(d -> d.fromState().equals(GATING) || d.fromState().equals(AWAITING));
        return new Reached(furthest, there && furthest > 0);
    }

    /** A pause goes back to where it came from, which is no new arrival. */
    private static long entered(String state, List<Decision> decisions) {
        return decisions.stream()
                .filter(d -> d.toState().equals(state))
                .filter(d -> !d.fromState().equals(state) && !d.fromState().equals("paused"))
                .count();
    }

    private static int indexOf(Class<? extends Step> kind, long nth, List<Step> steps) {
        long seen = 0;
        for (int i = 0; i < steps.size() && nth > 0; i++) {
            seen += kind.isInstance(steps.get(i)) ? 1 : 0;
            if (seen == nth) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isOver(String state) {
        return List.of("reverted", "aborted", "failed", "superseded").contains(state);
    }
}

package io.slipway.analysis;

import java.util.Iterator;

/**
 * Trouble on both arms: the control's error rate of the last minute is beyond its own earlier level plus the margin, and at least half of the
 * candidate's. Then it is not, or not only, the new revision, and reverting it would not mend it.
 */
final class CommonCause {
    private static final int SLOTS = 6;
    private static final int MIN_HISTORY_REQUESTS = 100;
    /** The level taken for a control without history: above it, 'it was always so' is not believed. */
    private static final double LEVEL_WITHOUT_HISTORY = 0.05;
    /** One in 10,000 looks at the same minute: a false alarm only delays. */
    private static final double ENOUGH = StrictMath.log(10_000);

    private CommonCause() {}

    static boolean is(Recent recent, long controlRequests, long controlErrors, double margin) {
        ArmSums control = ArmSums.NONE;
        ArmSums candidate = ArmSums.NONE;
        Iterator<Slot> slots = recent.newestFirst();
        for (int i = 0; i < SLOTS && slots.hasNext(); i++) {
            Slot s = slots.next();
            if (s.usable(true)) {
                control = control.plusWithoutLatency(s.control());
                candidate = candidate.plusWithoutLatency(s.candidate());
            }
        }
        long before = controlRequests - control.requests();
        double level = before < MIN_HISTORY_REQUESTS
                ? LEVEL_WITHOUT_HISTORY
                : (double) (controlErrors - control.errors()) / before;
        return control.errors() > 0
                && 2 * control.errorRate() >= candidate.errorRate()
                && BernoulliEvidence.ABOVE.log(control.errors(), control.requests(), Math.min(1, level + margin))
                        >= ENOUGH;
    }
}

package io.slipway.analysis;

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
        ArmSums control = recent.sums(SLOTS).control();
        ArmSums candidate = recent.sums(SLOTS).candidate();
        long before = controlRequests - control.requests();
        double level = before < MIN_HISTORY_REQUESTS
                ? LEVEL_WITHOUT_HISTORY
                : (double) (controlErrors - control.errors()) / before;
        return control.errors() > 0
                && 2 * control.errorRate() >= candidate.errorRate()
                && logAbove(control, Math.min(1, level + margin)) >= ENOUGH;
    }

    /** Evidence that one arm's error rate is above a bound. */
    private static double logAbove(ArmSums arm, double bound) {
        double hits = arm.errors();
        double trials = arm.requests();
        return Alternatives.of(Alternatives.Side.WORSE, Double.MIN_VALUE).log(0, 0, 0.5, hits, trials, bound);
    }
}

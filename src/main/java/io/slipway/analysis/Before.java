package io.slipway.analysis;

/**
 * What was known of the arms' unevenness when a start began. Batches that reach beyond the start are not in it: they may hold the regression.
 * Per metric, the excess of variance by batch length ({@link Variation#excess}).
 */
final class Before {
    /** Slots that were judged before. */
    final int slots;

    /** Those of them with latencies. */
    final int latencySlots;

    /** Whether it was seen for long enough. */
    final boolean isLong;

    final double[] ofErrors;
    final double[] ofTail;
    final double[] ofMedian;
    final double[] ofCost;

    /** Of the costs of neighbouring slots. */
    final double correlation;

    /** Share of the errors' guessed noise that was not excluded. */
    final double hiddenOfErrors;

    /** Of everything up to now; {@code r}: correlation of neighbouring slots that noise is taken to have. */
    Before(Sums all, double r) {
        double p = all.errorRate();
        slots = all.slots;
        latencySlots = all.latencySlots;
        isLong = all.ofErrors.isLong();
        ofErrors = all.ofErrors.excess(p * (1 - p), r);
        hiddenOfErrors = Since.hiddenOfErrors(all, r);
        ofTail = all.ofTail.excess(QuantileTest.TAIL * (1 - QuantileTest.TAIL), r);
        ofMedian = all.ofMedian.excess(0.25, r);
        ofCost = all.ofCost.excess(all.ofCost.variance(0), r);
        correlation = all.ofCost.correlation();
    }
}

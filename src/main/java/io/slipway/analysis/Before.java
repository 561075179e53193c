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

    /** Whether there were many of the long batches. */
    final boolean isLong;

    final double[] ofErrors;
    final double[] ofTail;
    final double[] ofMedian;
    final double[] ofCost;

    /** Of the costs of neighbouring slots. */
    final double correlation;

    /** Of everything up to now. */
    Before(Sums all) {
        double p = all.errorRate();
        slots = all.slots;
        latencySlots = all.latencySlots;
        isLong = all.ofErrors.isLong();
        ofErrors = all.ofErrors.excess(p * (1 - p));
        ofTail = all.ofTail.excess(QuantileTest.TAIL * (1 - QuantileTest.TAIL));
        ofMedian = all.ofMedian.excess(0.25);
        ofCost = all.ofCost.excess(all.ofCost.variance(0));
        correlation = all.ofCost.correlation();
    }
}

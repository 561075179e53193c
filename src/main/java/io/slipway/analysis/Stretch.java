package io.slipway.analysis;

import java.time.Instant;

/**
 * The slots from one start of the comparison to the next, as sums. A comparison since any start is the sum of the stretches from it on, so
 * what is kept does not grow with their length.
 */
final class Stretch {
    final int block;
    final Instant start;
    /** Of the candidate's to the control's requests, as it was known when this began. */
    final double ratio;

    final Before before;

    final Sums sums = new Sums();
    final SparseCounts latency0 = new SparseCounts();
    final SparseCounts latency1 = new SparseCounts();

    /** @param block number of five-minute blocks since the first start */
    Stretch(int block, Instant start, double ratio, Before before) {
        this.block = block;
        this.start = start;
        this.ratio = ratio;
        this.before = before;
    }

    /** Takes up a later stretch whose start is let go. */
    void append(Stretch later) {
        sums.add(later.sums);
        latency0.add(later.latency0);
        latency1.add(later.latency1);
    }
}

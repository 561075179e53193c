package io.slipway.analysis;

import io.slipway.base.LatencyHistogram;

/** Counts per bucket of {@link LatencyHistogram}, quick to add to. */
final class DenseCounts {
    private final long[] count = new long[LatencyHistogram.BUCKETS];
    private int highest = -1;
    private long total;

    void add(LatencyHistogram histogram) {
        int[] buckets = histogram.bucket();
        long[] counts = histogram.count();
        for (int k = 0; k < buckets.length; k++) {
            count[buckets[k]] += counts[k];
            total += counts[k];
            highest = Math.max(highest, buckets[k]);
        }
    }

    /** The bucket within which the share of longer requests falls to {@code tail}; 0 without requests. */
    int quantileBucket(double tail) {
        double over = tail * total;
        long above = 0;
        for (int b = highest; b >= 0; b--) {
            above += count[b];
            if (above > over) {
                return b;
            }
        }
        return 0;
    }
}

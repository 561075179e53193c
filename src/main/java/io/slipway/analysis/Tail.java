package io.slipway.analysis;

import io.slipway.base.LatencyHistogram;

/** How many requests took longer than each bucket's upper bound. Bounds are counted in buckets, so 12.5 lies halfway within bucket 13. */
final class Tail {
    private static final double LOG_MIN_MS = StrictMath.log(LatencyHistogram.MIN_MS);
    private static final double LOG_GROWTH = StrictMath.log(LatencyHistogram.GROWTH);

    private final long[] above = new long[LatencyHistogram.BUCKETS];
    private long total;
    private int first;
    private int last;

    void count(long[] counts) {
        total = 0;
        first = LatencyHistogram.BUCKETS;
        last = 0;
        for (int b = counts.length - 1; b >= 0; b--) {
            above[b] = total;
            total += counts[b];
            if (counts[b] > 0) {
                first = b;
                last = Math.max(last, b);
            }
        }
    }

    long total() {
        return total;
    }

    /** Lowest bucket that holds a request. */
    int first() {
        return first;
    }

    /** Highest bucket that holds a request. */
    int last() {
        return last;
    }

    long above(int bucket) {
        return bucket < 0 ? total : bucket >= above.length ? 0 : above[bucket];
    }

    double above(double bound) {
        int lower = (int) Math.floor(bound);
        double part = bound - lower;
        return above(lower) * (1 - part) + above(lower + 1) * part;
    }

    /** The bucket within which the share of longer requests falls to {@code tail}. */
    int quantileBucket(double tail) {
        int b = first;
        while (b < last && above[b] > tail * total) {
            b++;
        }
        return b;
    }

    /** Interpolated within the bucket; NaN without requests. */
    double quantileMs(double tail) {
        if (total == 0) {
            return Double.NaN;
        }
        int b = quantileBucket(tail);
        double over = above(b - 1);
        double inside = over - above[b];
        double part = inside <= 0 ? 1 : (over - tail * total) / inside;
        return StrictMath.exp(LOG_MIN_MS + (b - 1 + Math.min(1, part)) * LOG_GROWTH);
    }
}

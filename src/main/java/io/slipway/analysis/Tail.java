package io.slipway.analysis;

import io.slipway.base.LatencyHistogram;

/** How many requests took longer than each bucket's upper bound. Bounds are counted in buckets, so 12.5 lies halfway within bucket 13. */
final class Tail {
    private static final double LOG_MIN_MS = StrictMath.log(LatencyHistogram.MIN_MS);
    private static final double LOG_GROWTH = StrictMath.log(LatencyHistogram.GROWTH);
    /** Buckets on either side within which requests are counted to tell how dense they lie: 10 %. */
    private static final int NEAR = 5;

    private static final long[] NOT_COUNTED = {};
    private long[] above = NOT_COUNTED;
    private long total;
    private int first;
    private int last;

    /**
     * Counts anew.
     *
     * @param from lowest bucket that may hold a request
     * @param to highest one
     */
    void count(long[] counts, int from, int to) {
        if (above.length == 0) {
            above = new long[LatencyHistogram.BUCKETS];
        }
        total = 0;
        first = to + 1;
        last = from;
        for (int b = to; b >= from; b--) {
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
        return bucket < first ? total : bucket >= last ? 0 : above[bucket];
    }

    double above(double bound) {
        int lower = (int) Math.floor(bound);
        double part = bound - lower;
        return above(lower) * (1 - part) + above(lower + 1) * part;
    }

    /** Whether as many requests are longer than half a bucket above this bound. */
    boolean isFlat(double bound) {
        return above(bound) == above(bound + 0.5);
    }

    /** The highest bound that at least {@code requests} requests took longer than; the inverse of {@link #above(double)}. */
    double boundOf(double requests) {
        int low = first - 1;
        int high = last;
        while (low < high) {
            int middle = (low + high + 1) >> 1;
            if (above(middle) >= requests) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        long inside = above(low) - above(low + 1);
        return inside <= 0 ? low : low + Math.clamp((above(low) - requests) / inside, 0, 1);
    }

    /** {@link #boundOf(double)} without all bounds having been counted; {@code highest}: no request is in a higher bucket. */
    static double boundOf(double requests, long[] counts, int highest) {
        long above = 0;
        int b = highest;
        while (b >= 0 && above + counts[b] < requests) {
            above += counts[b--];
        }
        long inside = counts[Math.max(0, b)];
        return b - 1 + Math.clamp((above + inside - requests) / inside, 0, 1);
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

    /**
     * If all latencies wander together, the share beyond a fixed bound wanders with the density there. How many times the variance that counting
     * explains this is at the p95, for once that at the median.
     */
    double carried() {
        double atTail = near(quantileBucket(QuantileTest.TAIL));
        double atMedian = near(quantileBucket(0.5));
        return atMedian == 0
                ? 0
                : atTail * atTail / (QuantileTest.TAIL * (1 - QuantileTest.TAIL)) / (atMedian * atMedian / 0.25);
    }

    private double near(int bucket) {
        return above(bucket - NEAR) - above(bucket + NEAR);
    }
}

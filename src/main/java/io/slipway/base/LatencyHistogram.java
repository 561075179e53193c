package io.slipway.base;

import java.util.Arrays;

/**
 * Counts of latencies in logarithmic buckets, each 2 % wide: bucket i holds (MIN·1.02^(i-1), MIN·1.02^i] ms, bucket 0
 * everything up to MIN, the last one everything above the range. Sparse: {@code bucket[k]} occurred {@code count[k]} times,
 * buckets rising. Range 0.01 ms to about 10 minutes.
 */
public record LatencyHistogram(int[] bucket, long[] count) {
    public static final double MIN_MS = 0.01;
    public static final double GROWTH = 1.02;
    public static final int BUCKETS = 906;
    public static final LatencyHistogram EMPTY = new LatencyHistogram(new int[0], new long[0]);
    private static final double LOG_GROWTH = Math.log(GROWTH);

    public LatencyHistogram {
        if (bucket.length != count.length) {
            throw new IllegalArgumentException(bucket.length + " buckets but " + count.length + " counts");
        }
        for (int b : bucket) {
            if (b < 0 || b >= BUCKETS) {
                throw new IllegalArgumentException("bucket " + b + " is none of 0 to " + (BUCKETS - 1));
            }
        }
    }

    /** The bucket of a latency in nanoseconds; a negative one counts as 0. */
    public static int bucketOfNanos(long nanos) {
        double ms = nanos / 1e6;
        if (ms <= MIN_MS) {
            return 0;
        }
        return Math.min(BUCKETS - 1, (int) Math.ceil(Math.log(ms / MIN_MS) / LOG_GROWTH));
    }

    /** Upper bound of a bucket in ms, inclusive. */
    public static double upToMs(int bucket) {
        return MIN_MS * StrictMath.pow(GROWTH, bucket);
    }

    /** Lower bound of a bucket in ms, exclusive; 0 for the first. */
    public static double aboveMs(int bucket) {
        return bucket == 0 ? 0 : upToMs(bucket - 1);
    }

    /** From one count per bucket, index being the bucket. */
    public static LatencyHistogram ofDense(long[] counts) {
        int[] bucket = new int[counts.length];
        long[] count = new long[counts.length];
        int n = 0;
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] != 0) {
                bucket[n] = i;
                count[n++] = counts[i];
            }
        }
        return new LatencyHistogram(Arrays.copyOf(bucket, n), Arrays.copyOf(count, n));
    }

    public LatencyHistogram plus(LatencyHistogram other) {
        long[] dense = new long[BUCKETS];
        addTo(dense);
        other.addTo(dense);
        return ofDense(dense);
    }

    public void addTo(long[] dense) {
        for (int k = 0; k < bucket.length; k++) {
            dense[bucket[k]] += count[k];
        }
    }

    public long total() {
        long total = 0;
        for (long n : count) {
            total += n;
        }
        return total;
    }

    /** The upper bound of the bucket that holds the q-quantile (0 to 1), in ms; NaN when empty. */
    public double quantileMs(double q) {
        long total = total();
        long rank = Math.max(1, (long) Math.ceil(q * total));
        long seen = 0;
        for (int k = 0; k < bucket.length; k++) {
            seen += count[k];
            if (seen >= rank) {
                return upToMs(bucket[k]);
            }
        }
        return Double.NaN;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof LatencyHistogram h && Arrays.equals(bucket, h.bucket) && Arrays.equals(count, h.count);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(bucket) + Arrays.hashCode(count);
    }

    @Override
    public String toString() {
        return "LatencyHistogram[total=" + total() + ", p95Ms=" + quantileMs(0.95) + "]";
    }
}

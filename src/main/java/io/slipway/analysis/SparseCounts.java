package io.slipway.analysis;

import io.slipway.base.LatencyHistogram;
import java.util.Arrays;

/** Counts per bucket of {@link LatencyHistogram} that are summed up in little memory: a service's latencies fill some 100 of 906 buckets. */
final class SparseCounts {
    private short[] bucket = new short[0];
    /** Stops at the largest int: 2,000 requests/s of one bucket for 12 days. */
    private int[] count = new int[0];

    private int size;
    private long total;

    void add(LatencyHistogram histogram) {
        int[] buckets = histogram.bucket();
        long[] counts = histogram.count();
        int at = 0;
        for (int k = 0; k < buckets.length; k++) {
            int b = buckets[k];
            while (at < size && bucket[at] < b) {
                at++;
            }
            if (at == size || bucket[at] != b) {
                grow(1);
            }
            put(at, (short) b, counts[k]);
        }
    }

    void add(SparseCounts other) {
        int at = 0;
        grow(other.size);
        for (int k = 0; k < other.size; k++) {
            while (at < size && bucket[at] < other.bucket[k]) {
                at++;
            }
            put(at, other.bucket[k], other.count[k]);
        }
        trim();
    }

    private void grow(int more) {
        if (size + more > bucket.length) {
            bucket = Arrays.copyOf(bucket, size + more + (size + more) / 8);
            count = Arrays.copyOf(count, bucket.length);
        }
    }

    private void put(int at, short b, long n) {
        if (at == size || bucket[at] != b) {
            System.arraycopy(bucket, at, bucket, at + 1, size - at);
            System.arraycopy(count, at, count, at + 1, size - at);
            bucket[at] = b;
            count[at] = 0;
            size++;
        }
        count[at] = (int) Math.min(Integer.MAX_VALUE, count[at] + n);
        total += n;
    }

    /** Gives back what is not needed. */
    void trim() {
        bucket = Arrays.copyOf(bucket, size);
        count = Arrays.copyOf(count, size);
    }

    void addTo(long[] dense) {
        for (int i = 0; i < size; i++) {
            dense[bucket[i]] += count[i];
        }
    }

    /** Lowest bucket that holds a request; beyond all buckets without one. */
    int first() {
        return size == 0 ? LatencyHistogram.BUCKETS : bucket[0];
    }

    /** Highest bucket that holds a request; -1 without one. */
    int last() {
        return size == 0 ? -1 : bucket[size - 1];
    }

    long total() {
        return total;
    }
}

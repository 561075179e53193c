package io.slipway.cli;

import io.slipway.base.Arm;
import io.slipway.base.Crashes;
import io.slipway.base.HostName;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.MetricWindow;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import java.time.Instant;
import java.util.Optional;

/** Makes one arm's windows of recorded lines. Values that are numbers but cannot be true (negative, infinite) are kept: the judge calls them broken. */
final class RecordedWindow {
    /** Widest bucket that still says where a quantile lies to 2 %, with room for rounded bounds. */
    private static final double WIDEST = 1.0205;

    private static final double TAIL = 0.05;
    private static final double LOG_GROWTH = StrictMath.log(LatencyHistogram.GROWTH);
    private static final ServiceName SERVICE = new ServiceName("recorded");
    private static final HostName HOST = new HostName("recorded");

    private static final int KNOWN = 4096;

    private final Arm arm;
    /** Buckets come again and again: where each was put. */
    private final double[] knownAbove = new double[KNOWN];

    private final double[] knownUpTo = new double[KNOWN];
    private final int[] knownBucket = new int[KNOWN];

    RecordedWindow(Arm arm) {
        this.arm = arm;
    }

    MetricWindow of(RecordedLine line) throws MalformedLine {
        return new MetricWindow(
                revision(arm),
                arm,
                line.host == null || line.host.isBlank() ? HOST : new HostName(line.host),
                line.time(),
                RecordedLine.required("seconds", line.seconds),
                (long) RecordedLine.required("requests", line.requests),
                (long) RecordedLine.required("errors", line.errors),
                latency(line.buckets, line.bucketNumbers),
                RecordedLine.or(line.cpuSeconds, 0),
                RecordedLine.or(line.memoryByteSeconds, 0),
                (int) RecordedLine.or(line.replicas, 1),
                line.warmingUp,
                Double.isNaN(line.egressBytes) ? Optional.empty() : Optional.of((long) line.egressBytes),
                crashes(line));
    }

    private static Optional<Crashes> crashes(RecordedLine line) {
        return Double.isNaN(line.crashes) && Double.isNaN(line.oomKills)
                ? Optional.empty()
                : Optional.of(
                        new Crashes((int) RecordedLine.or(line.crashes, 0), (int) RecordedLine.or(line.oomKills, 0)));
    }

    /** Of single requests. */
    static MetricWindow of(
            Arm arm, Instant start, double seconds, long requests, long errors, LatencyHistogram latency) {
        return new MetricWindow(revision(arm), arm, HOST, start, seconds, requests, errors, latency, 0, 0, 1, false);
    }

    private static RevisionId revision(Arm arm) {
        return new RevisionId(SERVICE, arm == Arm.CANDIDATE ? 2 : 1);
    }

    /** Empty when the bucket that holds the 95th percentile is wider than 2 %: quantiles cannot be told from it. */
    private LatencyHistogram latency(double[] entries, int numbers) throws MalformedLine {
        int[] bucket = new int[numbers / 3];
        long[] count = new long[bucket.length];
        int n = 0;
        long total = 0;
        for (int i = 0; i < numbers; i += 3) {
            long here = check(entries, i);
            total += here;
            int b = bucket(entries[i], entries[i + 1]);
            if (n > 0 && bucket[n - 1] == b) {
                count[n - 1] += here;
            } else {
                bucket[n] = b;
                count[n++] = here;
            }
        }
        return isFineAtTail(entries, numbers, total) ? sparse(bucket, count, n) : LatencyHistogram.EMPTY;
    }

    /** The count of an entry that is as it should be. */
    private static long check(double[] entries, int at) throws MalformedLine {
        double above = entries[at];
        double upTo = entries[at + 1];
        double count = entries[at + 2];
        if (above > upTo || count != Math.rint(count)) {
            throw RecordedLine.notABucket(at / 3 + 1);
        }
        if (at > 0 && above < entries[at - 3]) {
            throw new MalformedLine("entry " + (at / 3 + 1) + " of latencyMs begins at " + above
                    + " ms, below the one before; write them rising");
        }
        return (long) count;
    }

    private static LatencyHistogram sparse(int[] bucket, long[] count, int n) {
        int kept = 0;
        for (int k = 0; k < n; k++) {
            if (count[k] != 0) {
                bucket[kept] = bucket[k];
                count[kept++] = count[k];
            }
        }
        return new LatencyHistogram(java.util.Arrays.copyOf(bucket, kept), java.util.Arrays.copyOf(count, kept));
    }

    private static boolean isFineAtTail(double[] entries, int numbers, long total) {
        double below = 0;
        for (int i = 0; i < numbers; i += 3) {
            below += entries[i + 2];
            if (below >= (1 - TAIL) * total) {
                return isFine(entries[i], entries[i + 1]);
            }
        }
        return true;
    }

    private static boolean isFine(double aboveMs, double upToMs) {
        return upToMs <= LatencyHistogram.MIN_MS || (aboveMs > 0 && upToMs / aboveMs <= WIDEST);
    }

    /** A fine bucket goes where its middle lies, a coarse one where it ends. */
    private int bucket(double aboveMs, double upToMs) {
        long bits = Double.doubleToRawLongBits(upToMs);
        int at = (int) ((bits * 0x9E3779B97F4A7C15L) >>> 52);
        if (knownAbove[at] != aboveMs || knownUpTo[at] != upToMs) {
            knownAbove[at] = aboveMs;
            knownUpTo[at] = upToMs;
            knownBucket[at] = bucket(isFine(aboveMs, upToMs) ? StrictMath.sqrt(aboveMs * upToMs) : upToMs);
        }
        return knownBucket[at];
    }

    static int bucket(double ms) {
        if (!(ms > LatencyHistogram.MIN_MS)) {
            return 0;
        }
        double bucket = StrictMath.ceil(StrictMath.log(ms / LatencyHistogram.MIN_MS) / LOG_GROWTH);
        return (int) Math.min(LatencyHistogram.BUCKETS - 1, bucket);
    }
}

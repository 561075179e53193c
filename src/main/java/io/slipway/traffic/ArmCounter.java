package io.slipway.traffic;

import io.slipway.base.Arm;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.RevisionId;
import io.slipway.routing.EdgeCounts.ArmCounts;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Counts of one revision in one arm. Each event loop writes a histogram of its own; readers add them up. */
final class ArmCounter {
    final RevisionId revision;
    final Arm arm;
    final LongAdder retries = new LongAdder();
    private final LongAdder requests = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final LongAdder answeredBytes = new LongAdder();
    private final LongAdder failedByEdge = new LongAdder();
    private final Map<Integer, LongAdder> codes = new ConcurrentHashMap<>();
    private final AtomicLongArray[] latency;

    ArmCounter(RevisionId revision, Arm arm, int loops) {
        this.revision = revision;
        this.arm = arm;
        this.latency = new AtomicLongArray[loops];
        for (int i = 0; i < loops; i++) {
            latency[i] = new AtomicLongArray(LatencyHistogram.BUCKETS);
        }
    }

    /** An answer of the replica, or its lack (502) after the replica cut it off; with the bytes of its body. */
    void answered(int loop, int code, boolean cutOff, long nanos, long bytes) {
        int bucket = LatencyHistogram.bucketOfNanos(nanos);
        AtomicLongArray own = latency[loop];
        own.setRelease(bucket, own.getPlain(bucket) + 1); // only this loop writes here
        codeOf(code).increment();
        if (cutOff || code >= 500) {
            errors.increment();
        }
        answeredBytes.add(bytes);
        requests.increment();
    }

    /** A 503 of our own for lack of a usable backend; not among the requests, since no replica had a part in it. */
    void failedByEdge(int code) {
        codeOf(code).increment();
        failedByEdge.increment();
    }

    ArmCounts counts() {
        return new ArmCounts(
                revision,
                arm,
                requests.sum(),
                errors.sum(),
                failedByEdge.sum(),
                LatencyHistogram.ofDense(dense()),
                Optional.of(answeredBytes()));
    }

    long answeredBytes() {
        return answeredBytes.sum();
    }

    Map<Integer, Long> codes() {
        Map<Integer, Long> sums = new TreeMap<>();
        codes.forEach((code, adder) -> sums.put(code, adder.sum()));
        return sums;
    }

    long[] dense() {
        long[] sums = new long[LatencyHistogram.BUCKETS];
        for (AtomicLongArray one : latency) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += one.getAcquire(i);
            }
        }
        return sums;
    }

    private LongAdder codeOf(int code) {
        LongAdder adder = codes.get(code);
        return adder != null ? adder : codes.computeIfAbsent(code, c -> new LongAdder());
    }
}

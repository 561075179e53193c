package io.slipway.cli;

import io.slipway.base.Arm;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.MetricWindow;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;

/** Single requests gathered into windows of 10 s. Stretches without a request become windows of none. */
final class RequestWindows {
    private static final int SECONDS = 10;
    private static final int SERVER_ERROR = 500;
    /** Longest silence that counts as 'no requests'; a longer one is missing data. */
    private static final int MAX_SILENCE_SECONDS = 60;

    private final Arm arm;
    private final TreeMap<Long, Counts> byStart = new TreeMap<>();

    private static final class Counts {
        private final long[] latency = new long[LatencyHistogram.BUCKETS];
        private long requests;
        private long errors;
    }

    RequestWindows(Arm arm) {
        this.arm = arm;
    }

    void add(Instant at, double latencyMs, int status) throws MalformedLine {
        if (!(latencyMs >= 0)) {
            throw new MalformedLine("latencyMs is " + latencyMs + ", below 0");
        }
        Counts counts = byStart.computeIfAbsent(Math.floorDiv(at.getEpochSecond(), SECONDS), k -> new Counts());
        counts.requests++;
        counts.errors += status >= SERVER_ERROR || status == 0 ? 1 : 0;
        counts.latency[RecordedWindow.bucket(latencyMs)]++;
    }

    List<MetricWindow> windows() {
        TreeMap<Long, Counts> filled = new TreeMap<>(byStart);
        for (long start : byStart.keySet()) {
            Long next = byStart.higherKey(start);
            if (next != null && (next - start) * SECONDS <= MAX_SILENCE_SECONDS) {
                for (long gap = start + 1; gap < next; gap++) {
                    filled.put(gap, new Counts());
                }
            }
        }
        return filled.entrySet().stream()
                .map(e -> window(e.getKey(), e.getValue()))
                .toList();
    }

    private MetricWindow window(long start, Counts counts) {
        return RecordedWindow.of(
                arm,
                Instant.ofEpochSecond(start * SECONDS),
                SECONDS,
                counts.requests,
                counts.errors,
                LatencyHistogram.ofDense(counts.latency));
    }
}

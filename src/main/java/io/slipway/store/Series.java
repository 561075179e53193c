package io.slipway.store;

import io.slipway.analysis.Prices;
import io.slipway.base.Arm;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.MetricWindow;
import io.slipway.base.RevisionId;
import io.slipway.control.Views.SeriesPoint;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Windows summed over hosts and over steps of equal length, aligned to the epoch. */
final class Series {
    private Series() {}

    private record Key(Instant start, Arm arm, RevisionId revision) {}

    static List<SeriesPoint> of(List<MetricWindow> windows, Duration step, Prices prices) {
        Map<Key, List<MetricWindow>> groups = new LinkedHashMap<>();
        for (MetricWindow w : windows) {
            groups.computeIfAbsent(new Key(floor(w.start(), step), w.arm(), w.revision()), key -> new ArrayList<>())
                    .add(w);
        }
        return groups.entrySet().stream()
                .map(group -> point(group.getKey(), group.getValue(), step, prices))
                .sorted(Comparator.comparing(SeriesPoint::start).thenComparing(SeriesPoint::arm))
                .toList();
    }

    private static Instant floor(Instant at, Duration step) {
        long millis = Math.max(1, step.toMillis());
        return Instant.ofEpochMilli(Math.floorDiv(at.toEpochMilli(), millis) * millis);
    }

    private static SeriesPoint point(Key key, List<MetricWindow> windows, Duration step, Prices prices) {
        long[] latency = new long[LatencyHistogram.BUCKETS];
        windows.forEach(w -> w.latency().addTo(latency));
        long requests = windows.stream().mapToLong(MetricWindow::requests).sum();
        double cpuSeconds =
                windows.stream().mapToDouble(MetricWindow::cpuSeconds).sum();
        double memoryByteSeconds =
                windows.stream().mapToDouble(MetricWindow::memoryByteSeconds).sum();
        double egressBytes = windows.stream().mapToDouble(MetricWindow::egress).sum();
        double cost = prices.of(cpuSeconds, memoryByteSeconds, egressBytes);
        double longest =
                windows.stream().mapToDouble(MetricWindow::seconds).max().orElse(0);
        return new SeriesPoint(
                key.start(),
                Math.max(longest, step.toMillis() / 1000.0),
                key.arm(),
                key.revision(),
                requests,
                windows.stream().mapToLong(MetricWindow::errors).sum(),
                LatencyHistogram.ofDense(latency),
                cost,
                requests == 0 ? Double.NaN : cost / requests,
                cpuSeconds,
                memoryByteSeconds,
                egressBytes,
                replicas(windows));
    }

    /** Of all hosts together, at the time of the step that had most. Hosts' clocks, and when they wake, differ by milliseconds. */
    private static int replicas(List<MetricWindow> windows) {
        Map<Instant, Integer> atOnce = new LinkedHashMap<>();
        windows.forEach(w -> atOnce.merge(w.start().truncatedTo(ChronoUnit.SECONDS), w.replicas(), Integer::sum));
        return atOnce.values().stream().mapToInt(n -> n).max().orElse(0);
    }
}

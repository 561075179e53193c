package io.slipway.agent;

import io.slipway.agent.MeterState.Ended;
import io.slipway.agent.MeterState.Reading;
import io.slipway.agent.WindowMeter.Replica;
import io.slipway.base.Arm;
import io.slipway.base.Crashes;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.MetricWindow;
import io.slipway.base.RevisionId;
import io.slipway.routing.EdgeCounts;
import io.slipway.routing.EdgeCounts.ArmCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The windows between two readings, one per revision and arm that served or had a replica. */
record WindowCut(
        AgentOptions options,
        MeterState last,
        EdgeCounts counts,
        List<Replica> present,
        List<Reading> readings,
        Instant now) {
    private record Key(RevisionId revision, Arm arm) {}

    private record Work(
            double cpuSeconds,
            double memoryByteSeconds,
            Optional<Long> egressBytes,
            int ready,
            boolean warmingUp,
            Optional<Crashes> crashes) {}

    List<MetricWindow> windows() {
        Set<Key> keys = new LinkedHashSet<>();
        present.forEach(r -> keys.add(new Key(r.revision(), r.arm())));
        counts.arms().forEach(a -> keys.add(new Key(a.revision(), a.arm())));
        last.ended().forEach(e -> keys.add(new Key(e.revision(), e.arm())));
        List<MetricWindow> windows = new ArrayList<>();
        for (Key key : keys) {
            ArmCounts served = served(key);
            Work work = work(key);
            boolean present = this.present.stream().anyMatch(r -> isOf(r, key));
            if (present || served.requests() > 0 || work.cpuSeconds > 0 || work.crashes.isPresent()) {
                windows.add(window(key, served, work));
            }
        }
        return windows;
    }

    private MetricWindow window(Key key, ArmCounts served, Work work) {
        return new MetricWindow(
                key.revision,
                key.arm,
                options.host(),
                last.cutAt(),
                seconds(),
                served.requests(),
                served.errors(),
                served.latency(),
                work.cpuSeconds,
                work.memoryByteSeconds,
                work.ready,
                work.warmingUp,
                sum(work.egressBytes, served.answeredBytes()),
                work.crashes);
    }

    private double seconds() {
        return Duration.between(last.cutAt(), now).toMillis() / 1e3;
    }

    private ArmCounts served(Key key) {
        ArmCounts none = ArmCounts.none(key.revision, key.arm);
        ArmCounts after = counts.arms().stream()
                .filter(a -> a.revision().equals(key.revision) && a.arm() == key.arm)
                .findFirst()
                .orElse(none);
        Optional<ArmCounts> before = WindowMeter.before(last, counts, key.revision, key.arm);
        return before.map(b -> minus(after, b)).orElse(after);
    }

    private static ArmCounts minus(ArmCounts after, ArmCounts before) {
        long[] latency = new long[LatencyHistogram.BUCKETS];
        after.latency().addTo(latency);
        int[] bucket = before.latency().bucket();
        for (int k = 0; k < bucket.length; k++) {
            latency[bucket[k]] =
                    Math.max(0, latency[bucket[k]] - before.latency().count()[k]);
        }
        return new ArmCounts(
                after.revision(),
                after.arm(),
                Math.max(0, after.requests() - before.requests()),
                Math.max(0, after.errors() - before.errors()),
                Math.max(0, after.failedByEdge() - before.failedByEdge()),
                LatencyHistogram.ofDense(latency),
                before.answeredBytes().flatMap(then -> after.answeredBytes().map(bytes -> Math.max(0, bytes - then))));
    }

    /** Empty only if neither is known. */
    private static Optional<Long> sum(Optional<Long> one, Optional<Long> other) {
        return one.isEmpty() ? other : Optional.of(one.get() + other.orElse(0L));
    }

    private Work work(Key key) {
        double cpuSeconds = last.ended().stream()
                .filter(e -> e.revision().equals(key.revision) && e.arm() == key.arm)
                .mapToDouble(Ended::cpuSeconds)
                .sum();
        double memoryByteSeconds = 0;
        Optional<Long> egressBytes = last.ended().stream()
                .filter(e -> e.revision().equals(key.revision) && e.arm() == key.arm)
                .map(Ended::egressBytes)
                .reduce(Optional.empty(), WindowCut::sum);
        int ready = 0;
        boolean warmingUp = false;
        for (int i = 0; i < present.size(); i++) {
            Replica replica = present.get(i);
            if (isOf(replica, key)) {
                cpuSeconds += last.cpuSecondsSince(readings.get(i));
                egressBytes = sum(egressBytes, last.egressBytesSince(readings.get(i)));
                memoryByteSeconds += memoryByteSeconds(replica, readings.get(i));
                ready += replica.ready() ? 1 : 0;
                warmingUp |=
                        replica.container().startedAt().plus(options.warmUp()).isAfter(last.cutAt());
            }
        }
        Optional<Crashes> crashes = last.ended().stream()
                .filter(e -> e.revision().equals(key.revision) && e.arm() == key.arm)
                .flatMap(e -> e.crash().stream())
                .reduce(Crashes::plus);
        return new Work(cpuSeconds, memoryByteSeconds, egressBytes, ready, warmingUp, crashes);
    }

    /** By the trapezoid between both readings; a replica that is younger than the window counts from its start. */
    private double memoryByteSeconds(Replica replica, Reading reading) {
        Optional<Reading> before = last.cpu().stream()
                .filter(r -> r.container().equals(reading.container()))
                .findFirst();
        double bytes =
                before.map(b -> (b.memoryBytes() + reading.memoryBytes()) / 2.0).orElse((double) reading.memoryBytes());
        double ageSeconds =
                Duration.between(replica.container().startedAt(), now).toMillis() / 1e3;
        return bytes * Math.clamp(ageSeconds, 0, seconds());
    }

    private static boolean isOf(Replica replica, Key key) {
        return replica.revision().equals(key.revision) && replica.arm() == key.arm;
    }
}

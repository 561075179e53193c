package io.slipway.traffic;

import io.slipway.base.Arm;
import io.slipway.base.RevisionId;
import io.slipway.routing.EdgeCounts;
import io.slipway.routing.RouteTable;
import io.slipway.traffic.dns.NameCounts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** All that this run of the edge has counted. */
final class Counters {
    private static final Duration KEPT_UNROUTED = Duration.ofHours(1);
    final String instance = UUID.randomUUID().toString();
    final LongAdder unrouted = new LongAdder();
    final LongAdder abandonedByClient = new LongAdder();
    final NameCounts names = new NameCounts();
    private final int loops;
    private final Clock clock;
    private final Map<Key, ArmCounter> arms = new ConcurrentHashMap<>();
    private final Map<Key, Instant> unroutedSince = new ConcurrentHashMap<>();

    private record Key(RevisionId revision, Arm arm) {}

    Counters(int loops, Clock clock) {
        this.loops = loops;
        this.clock = clock;
    }

    ArmCounter of(RevisionId revision, Arm arm) {
        return arms.computeIfAbsent(new Key(revision, arm), key -> new ArmCounter(revision, arm, loops));
    }

    /** Readers have an hour to collect the counts of what is no longer routed; then its memory is given back. */
    void retireUnrouted(RouteTable table) {
        var routed = table.services().stream()
                .flatMap(route -> route.splits().stream())
                .map(split -> new Key(split.revision(), split.arm()))
                .collect(Collectors.toSet());
        Instant now = clock.instant();
        unroutedSince.keySet().removeAll(routed);
        arms.keySet().stream().filter(key -> !routed.contains(key)).forEach(key -> unroutedSince.putIfAbsent(key, now));
        unroutedSince.entrySet().removeIf(entry -> {
            boolean old = entry.getValue().plus(KEPT_UNROUTED).isBefore(now);
            if (old) {
                arms.remove(entry.getKey());
            }
            return old;
        });
    }

    List<ArmCounter> all() {
        return arms.values().stream()
                .sorted(Comparator.comparing((ArmCounter c) -> c.revision.service())
                        .thenComparing(c -> c.revision.number())
                        .thenComparing(c -> c.arm))
                .toList();
    }

    EdgeCounts counts(long applied) {
        return new EdgeCounts(
                instance,
                clock.instant(),
                applied,
                all().stream().map(ArmCounter::counts).toList());
    }
}

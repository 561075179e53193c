package io.slipway.control;

import io.slipway.base.MetricWindow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Some windows come some reports later, and some come twice: by chance, of a fixed seed. */
final class Lateness {
    private static final double LATE = 0.03;
    private static final double TWICE = 0.02;
    /** Reports of two hosts, ten seconds apart: less than two minutes, after which sums over minutes are made without them. */
    private static final int REPORTS_LATE_MAX = 20;

    private final SplittableRandom random = new SplittableRandom(17);
    private final TreeMap<Integer, List<MetricWindow>> withheld = new TreeMap<>();
    private int report;

    List<MetricWindow> of(List<MetricWindow> windows) {
        report++;
        List<MetricWindow> now = new ArrayList<>();
        for (MetricWindow w : windows) {
            if (random.nextDouble() < LATE) {
                withheld.computeIfAbsent(report + 1 + random.nextInt(REPORTS_LATE_MAX), n -> new ArrayList<>())
                        .add(w);
            } else {
                now.add(w);
                if (random.nextDouble() < TWICE) {
                    now.add(w);
                }
            }
        }
        while (!withheld.isEmpty() && withheld.firstKey() <= report) {
            now.addAll(withheld.pollFirstEntry().getValue());
        }
        return now;
    }

    /** How many windows came later than the newest of their host. */
    static long late(List<List<MetricWindow>> reports) {
        TreeMap<String, Instant> newest = new TreeMap<>();
        long late = 0;
        for (List<MetricWindow> report : reports) {
            for (MetricWindow w : report) {
                Instant before = newest.merge(w.host().value(), w.start(), (a, b) -> a.isAfter(b) ? a : b);
                late += w.start().isBefore(before) ? 1 : 0;
            }
        }
        return late;
    }
}

package io.slipway.bench.judges;

import io.slipway.base.LatencyHistogram;
import io.slipway.base.MetricWindow;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** What happens to windows between the service and the judge. */
final class Faults {
    private static final double OUTAGE_FROM = 6 * 3600;
    private static final double OUTAGE_SECONDS = 1800;
    private static final double BROKEN = 0.005;
    private static final double TWICE_OR_LATE = 0.05;
    private static final int LATE_MAX = 6;

    enum Kind {
        NONE,
        /** Of 200 windows of an arm, one is missing or impossible. */
        BROKEN_SCRAPES,
        /** Nothing for half an hour from hour 6 on. */
        OUTAGE,
        /** Of 20 windows, one comes twice and one up to a minute late. */
        TWICE_AND_LATE
    }

    private final Kind kind;
    private final SplittableRandom random;
    private final TreeMap<Integer, List<MetricWindow>> later = new TreeMap<>();

    Faults(Kind kind, long seed) {
        this.kind = kind;
        this.random = new SplittableRandom(seed * 31 + 3);
    }

    /** What arrives at the end of a window: of this one and of earlier ones. */
    List<MetricWindow> arriving(int index, MetricWindow window) {
        List<MetricWindow> arriving = new ArrayList<>(2);
        switch (kind) {
            case NONE -> arriving.add(window);
            case BROKEN_SCRAPES -> {
                if (random.nextDouble() >= BROKEN) {
                    arriving.add(window);
                } else if (random.nextBoolean()) {
                    arriving.add(impossible(window));
                }
            }
            case OUTAGE -> {
                double at = index * window.seconds();
                if (at < OUTAGE_FROM || at >= OUTAGE_FROM + OUTAGE_SECONDS) {
                    arriving.add(window);
                }
            }
            case TWICE_AND_LATE -> late(index, window, arriving);
        }
        return arriving;
    }

    private void late(int index, MetricWindow window, List<MetricWindow> arriving) {
        double dice = random.nextDouble();
        if (dice < TWICE_OR_LATE) {
            later.computeIfAbsent(index + 1 + random.nextInt(LATE_MAX), i -> new ArrayList<>())
                    .add(window);
        } else {
            arriving.add(window);
        }
        if (dice > 1 - TWICE_OR_LATE) {
            arriving.add(window);
        }
        while (!later.isEmpty() && later.firstKey() <= index) {
            arriving.addAll(later.pollFirstEntry().getValue());
        }
    }

    /** A counter that ran backwards. */
    private static MetricWindow impossible(MetricWindow w) {
        return new MetricWindow(
                w.revision(),
                w.arm(),
                w.host(),
                w.start(),
                w.seconds(),
                -w.requests() - 1,
                w.errors(),
                LatencyHistogram.EMPTY,
                w.cpuSeconds(),
                w.memoryByteSeconds(),
                w.replicas(),
                false);
    }
}

package io.slipway.bench.judges;

import io.slipway.base.Arm;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.MetricWindow;
import io.slipway.release.Metric;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/** One arm's windows put together to one value per metric and interval, as a query of a metrics server gives it. */
final class Points {
    private final Arm arm;
    private final long[] latency = new long[LatencyHistogram.BUCKETS];
    private final Set<Instant> seen = new HashSet<>();
    private long requests;
    private long errors;
    private double cost;

    Points(Arm arm) {
        this.arm = arm;
    }

    void add(MetricWindow w) {
        if (w.arm() == arm && w.requests() >= 0 && seen.add(w.start())) {
            requests += w.requests();
            errors += w.errors();
            cost += Ours.PRICES.of(w.cpuSeconds(), w.memoryByteSeconds(), w.egress());
            w.latency().addTo(latency);
        }
    }

    /** NaN where there is nothing to divide by. */
    double value(Metric metric) {
        if (requests == 0) {
            return Double.NaN;
        }
        return switch (metric) {
            case ERROR_RATE -> (double) errors / requests;
            case P95_LATENCY -> p95();
            case COST_PER_REQUEST, PROMETHEUS, PUSHED, BURN_RATE, CRASHES, OOM_KILLS -> cost / requests;
        };
    }

    /** Interpolated within its bucket. */
    private double p95() {
        long total = 0;
        for (long n : latency) {
            total += n;
        }
        double over = 0.05 * total;
        long above = 0;
        int b = latency.length - 1;
        while (b > 0 && above + latency[b] <= over) {
            above += latency[b--];
        }
        double part = latency[b] == 0 ? 1 : (over - above) / latency[b];
        return LatencyHistogram.upToMs(b) * Math.pow(LatencyHistogram.GROWTH, -part);
    }

    /** Begins the next interval. */
    void clear() {
        java.util.Arrays.fill(latency, 0);
        seen.clear();
        requests = 0;
        errors = 0;
        cost = 0;
    }
}

package io.slipway.bench.judges;

import io.slipway.base.Arm;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.MetricWindow;
import io.slipway.release.Metric;
import io.slipway.release.StopCondition;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What could be done with the same budget by one who knows everything but whether there is a regression: both arms' true values at any time, their
 * noise, and when the regression begins. For each condition its evidence is the likelihood ratio of the truth to those values within what is tolerated
 * that are nearest to it.
 */
final class Oracle implements Contender {
    private static final double TAIL = 0.05;

    private final List<StopCondition> conditions;
    private final Truth control;
    private final Truth candidate;
    private final double[] evidence;
    private final double enough;
    private @Nullable MetricWindow controlWindow;
    private @Nullable MetricWindow candidateWindow;

    /** The truths are of the arms as they are when a window is added. */
    Oracle(Cell cell, Truth control, Truth candidate) {
        this.conditions = cell.conditions;
        this.control = control;
        this.candidate = candidate;
        this.evidence = new double[conditions.size()];
        this.enough = -Math.log(0.01 / conditions.size());
    }

    @Override
    public void add(MetricWindow window) {
        if (window.requests() >= 0) {
            controlWindow = window.arm() == Arm.CONTROL ? window : controlWindow;
            candidateWindow = window.arm() == Arm.CANDIDATE ? window : candidateWindow;
        }
    }

    @Override
    public boolean reverts(int index, Instant now) {
        MetricWindow a = controlWindow;
        MetricWindow b = candidateWindow;
        if (a == null || b == null || !a.start().equals(b.start())) {
            return false;
        }
        controlWindow = null;
        boolean found = false;
        Pair pair = new Pair(new Truth(control.service(), index), new Truth(candidate.service(), index), a, b);
        for (int i = 0; i < evidence.length; i++) {
            StopCondition.Regresses c = (StopCondition.Regresses) conditions.get(i);
            evidence[i] += pair.evidence(c.metric(), c.regressesBy());
            found |= evidence[i] >= enough;
        }
        return found;
    }

    /** One window of both arms, with their truths. */
    private record Pair(Truth truth0, Truth truth1, MetricWindow w0, MetricWindow w1) {
        double evidence(Metric metric, double margin) {
            return switch (metric) {
                case ERROR_RATE -> errors(margin);
                case P95_LATENCY -> latency(margin);
                case COST_PER_REQUEST, PROMETHEUS, PUSHED, BURN_RATE, CRASHES, OOM_KILLS -> cost(margin);
            };
        }

        private double errors(double margin) {
            double p0 = truth0.errorRate();
            double p1 = truth1.errorRate();
            if (p1 - p0 <= margin) {
                return 0;
            }
            double n0 = truth0.requests();
            double n1 = truth1.requests();
            double low = p0;
            double high = p1 - margin;
            for (int i = 0; i < 50; i++) {
                double a = low + (high - low) / 3;
                double b = high - (high - low) / 3;
                if (n0 * divergence(p0, a) + n1 * divergence(p1, a + margin)
                        < n0 * divergence(p0, b) + n1 * divergence(p1, b + margin)) {
                    high = b;
                } else {
                    low = a;
                }
            }
            double spread = 1 + Math.max(n0 * p0, n1 * p1) * truth0.ofErrorNoise();
            return (ratio(w0.errors(), w0.requests(), p0, low) + ratio(w1.errors(), w1.requests(), p1, low + margin))
                    / spread;
        }

        private double latency(double margin) {
            double from = truth0.p95();
            double to = truth1.p95() / (1 + margin);
            if (to <= from) {
                return 0;
            }
            double best = 0;
            double evidence = 0;
            for (int bucket = bucket(from); bucket <= bucket(to); bucket++) {
                int beyond = bucket(LatencyHistogram.upToMs(bucket) * (1 + margin));
                double s0 = truth0.slowerThan(LatencyHistogram.upToMs(bucket));
                double s1 = truth1.slowerThan(LatencyHistogram.upToMs(beyond));
                double growth = truth0.requests() * divergence(s0, TAIL) + truth1.requests() * divergence(s1, TAIL);
                if (s0 <= TAIL && s1 >= TAIL && growth > best) {
                    best = growth;
                    evidence = ratio(above(w0, bucket), w0.requests(), s0, TAIL)
                            + ratio(above(w1, beyond), w1.requests(), s1, TAIL);
                }
            }
            double spread = 1 + Math.max(truth0.requests(), truth1.requests()) * truth0.ofTailNoise() / (TAIL * (1 - TAIL));
            return evidence / spread;
        }

        private double cost(double margin) {
            double beyond = truth1.cost() - (1 + margin) * truth0.cost();
            if (beyond <= 0 || w0.requests() == 0 || w1.requests() == 0) {
                return 0;
            }
            double spread0 = (1 + margin) * truth0.costSpread();
            double variance = spread0 * spread0 + truth1.costSpread() * truth1.costSpread();
            double seen = perRequest(w1) - (1 + margin) * perRequest(w0);
            return beyond / variance * (seen - beyond / 2);
        }

        private static double perRequest(MetricWindow w) {
            return Ours.PRICES.of(w.cpuSeconds(), w.memoryByteSeconds(), w.egress()) / w.requests();
        }

        private static int bucket(double ms) {
            return LatencyHistogram.bucketOfNanos((long) (ms * 1e6));
        }

        private static long above(MetricWindow w, int bucket) {
            long above = 0;
            int[] buckets = w.latency().bucket();
            for (int k = buckets.length - 1; k >= 0 && buckets[k] > bucket; k--) {
                above += w.latency().count()[k];
            }
            return above;
        }

        /** Natural logarithm of the likelihood ratio of p to q. */
        private static double ratio(double hits, double trials, double p, double q) {
            double ofHits = hits == 0 ? 0 : hits * Math.log(p / q);
            return ofHits + (trials - hits) * (Math.log1p(-p) - Math.log1p(-q));
        }

        private static double divergence(double p, double q) {
            return ratio(p, 1, p, q);
        }
    }
}

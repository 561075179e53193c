package io.slipway.bench.judges;

import io.slipway.base.Arm;
import io.slipway.base.MetricWindow;
import io.slipway.release.Metric;
import io.slipway.release.StopCondition;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/**
 * Compares the candidate's value of the last interval with a fixed threshold, and reverts once too many checks have failed. It is given what nobody
 * has: the stable revision's true mean of the day, from which the thresholds are laid out.
 */
final class ThresholdCounter implements Contender {
    /** Which one, with what its documentation says. */
    enum Kind {
        /** Example of its page on analysis: every 5 minutes, reverts beyond 3 failures of a metric; 5 errors in a row, 10 s apart, are the end as well. */
        ARGO(300, 3, 10, 4),
        /** Page 'How it works': every minute, reverts at 10 failed checks in all; no value is a failed check. */
        FLAGGER(60, 9, 60, Integer.MAX_VALUE);

        private final double seconds;
        private final int failures;
        private final double retrySeconds;
        private final int errors;

        Kind(double seconds, int failures, double retrySeconds, int errors) {
            this.seconds = seconds;
            this.failures = failures;
            this.retrySeconds = retrySeconds;
            this.errors = errors;
        }
    }

    private final Kind kind;
    private final Points candidate = new Points(Arm.CANDIDATE);
    private final Map<Metric, Double> thresholds = new EnumMap<>(Metric.class);
    private final Map<Metric, Integer> failed = new EnumMap<>(Metric.class);
    private final int perCheck;
    private final double windowSeconds;
    private int checksFailed;

    ThresholdCounter(Kind kind, Cell cell, Truth control) {
        this.kind = kind;
        this.windowSeconds = cell.windowSeconds;
        this.perCheck = (int) Math.max(1, kind.seconds / cell.windowSeconds);
        for (StopCondition c : cell.conditions) {
            Metric metric = ((StopCondition.Regresses) c).metric();
            thresholds.put(metric, threshold(metric, ((StopCondition.Regresses) c).regressesBy(), control));
        }
    }

    /** Where nothing is tolerated, a threshold at the mean would fail every other check: the usual margins are used. */
    private static double threshold(Metric metric, double declared, Truth control) {
        double margin = declared > 0 ? declared : usual(metric);
        return metric == Metric.ERROR_RATE ? control.errorRate() + margin : control.value(metric) * (1 + margin);
    }

    private static double usual(Metric metric) {
        return Cell.MARGINS.stream()
                .map(StopCondition.Regresses.class::cast)
                .filter(c -> c.metric() == metric)
                .mapToDouble(StopCondition.Regresses::regressesBy)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void add(MetricWindow window) {
        candidate.add(window);
    }

    @Override
    public boolean reverts(int index, Instant now) {
        if ((index + 1) % perCheck != 0) {
            return false;
        }
        boolean hasValue = !Double.isNaN(candidate.value(Metric.ERROR_RATE));
        boolean over = hasValue ? check() : missing();
        candidate.clear();
        return over;
    }

    private boolean check() {
        boolean bad = false;
        for (Map.Entry<Metric, Double> t : thresholds.entrySet()) {
            if (candidate.value(t.getKey()) > t.getValue()) {
                bad = true;
                failed.merge(t.getKey(), 1, Integer::sum);
            }
        }
        checksFailed += bad ? 1 : 0;
        return kind == Kind.ARGO ? failed.values().stream().anyMatch(n -> n > kind.failures) : checksFailed > kind.failures;
    }

    /** No value: errors follow each other at the pace of retries. */
    private boolean missing() {
        checksFailed++;
        double silent = perCheck * windowSeconds;
        return kind == Kind.ARGO ? silent / kind.retrySeconds > kind.errors : checksFailed > kind.failures;
    }
}

package io.slipway.analysis;

import io.slipway.release.Metric;
import io.slipway.release.StopCondition;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One relative stop condition: what its evidence is searched for, and the interval that it was last given. */
final class Tracked {
    /** Probability that a candidate that is worse than tolerated is ever called healthy. A gate's error is mended by the watch. */
    static final double HEALTHY_ALPHA = 0.05;

    private static final double HEALTHY_ENOUGH = -StrictMath.log(HEALTHY_ALPHA);

    private final StopCondition.Regresses condition;
    private final Prices prices;
    private final Measure measure;
    private final double alpha;
    private double low = Double.NaN;
    private double high = Double.NaN;

    /** The start whose evidence of a regression goes furthest beyond what it needs. */
    record Proof(int block, double beyond) {}

    Tracked(StopCondition.Regresses condition, JudgeSpec spec, Measure measure) {
        this.condition = condition;
        this.measure = measure;
        this.prices = spec.prices();
        this.alpha = spec.alphaPerCondition();
    }

    Metric metric() {
        return condition.metric();
    }

    /** How it is written. */
    Measure measure() {
        return measure;
    }

    double margin() {
        return condition.regressesBy();
    }

    double alpha() {
        return alpha;
    }

    Prices prices() {
        return prices;
    }

    /** Whether a regression is proven since a start. */
    Optional<Proof> proof(Since since) {
        if (!since.looksWorse(metric(), margin())) {
            return Optional.empty();
        }
        double enough = Starts.enough(since.block(), alpha);
        if (since.atMost(metric(), margin()) < enough) {
            return Optional.empty();
        }
        double beyond = since.of(metric()).logWorse(margin(), enough) - enough;
        return beyond >= 0 ? Optional.of(new Proof(since.block(), beyond)) : Optional.empty();
    }

    /** Gives a new interval for the comparison since its first start. */
    void renew(Evidence sinceFirst) {
        low = sinceFirst.low(Starts.enough(0, alpha));
        high = sinceFirst.high(HEALTHY_ENOUGH);
    }

    MetricVerdict regressed(Since since, long requests0, long requests1) {
        Evidence e = since.of(metric());
        double least = e.low(Starts.enough(since.block(), alpha));
        Instant start = since.block() == 0 ? null : since.start();
        return finding(Outcome.REGRESSED, e, least, e.high(HEALTHY_ENOUGH), start, "", 0)
                .verdict(requests0, requests1);
    }

    /** Without proof of a regression. {@code obstacle}: why this metric cannot be called healthy now; {@code seconds} that were compared. */
    MetricVerdict open(
            Evidence sinceFirst,
            boolean metricsBroken,
            String obstacle,
            long requests0,
            long requests1,
            double seconds) {
        Outcome outcome = metricsBroken
                ? Outcome.METRICS_BROKEN
                : obstacle.isEmpty() && sinceFirst.logBetter(margin(), HEALTHY_ENOUGH) >= HEALTHY_ENOUGH
                        ? Outcome.HEALTHY
                        : Outcome.NOT_ENOUGH_EVIDENCE;
        String why = metricsBroken ? "" : obstacle;
        return finding(outcome, sinceFirst, low, high, null, why, seconds).verdict(requests0, requests1);
    }

    private Finding finding(
            Outcome outcome,
            Evidence evidence,
            double from,
            double to,
            @Nullable Instant since,
            String obstacle,
            double seconds) {
        return new Finding(this, outcome, evidence, from, to, since, obstacle, seconds);
    }

    /** A condition that nothing is known of. */
    MetricVerdict unknown(Outcome outcome, String why, long requests0, long requests1) {
        String sentence = measure.name() + ": " + Figures.words(outcome) + ", " + why;
        double nan = Double.NaN;
        return new MetricVerdict(
                measure.metric(), outcome, nan, nan, nan, nan, nan, margin(), alpha, requests0, requests1, sentence);
    }
}

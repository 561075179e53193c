package io.slipway.analysis;

import io.slipway.release.Metric;
import io.slipway.release.StopCondition;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One relative stop condition with what is known about it. */
final class Tracked {
    /** Probability that a candidate that is worse than tolerated is ever called healthy. A gate's error is mended by the watch. */
    static final double HEALTHY_ALPHA = 0.05;

    private static final double HEALTHY_ENOUGH = -StrictMath.log(HEALTHY_ALPHA);

    private final StopCondition.Regresses condition;
    private final JudgeSpec spec;
    private @Nullable Restarts restarts;
    private int slotsWithoutLatency;

    Tracked(StopCondition.Regresses condition, JudgeSpec spec) {
        this.condition = condition;
        this.spec = spec;
    }

    StopCondition.Regresses condition() {
        return condition;
    }

    void add(Slot slot, boolean equalRates) {
        if (condition.metric() != Metric.ERROR_RATE && !equalRates) {
            return;
        }
        if (condition.metric() == Metric.P95_LATENCY
                && !(slot.control().hasLatency() && slot.candidate().hasLatency())) {
            slotsWithoutLatency++;
            return;
        }
        if (restarts == null) {
            restarts = new Restarts(slot.start(), comparer());
        }
        restarts.add(slot);
    }

    private Comparer comparer() {
        return switch (condition.metric()) {
            case ERROR_RATE -> new RateComparer(1);
            case P95_LATENCY -> new QuantileComparer(1);
            case COST_PER_REQUEST -> new CostComparer(spec.prices(), 1);
        };
    }

    /** Whether a regression is proven; cheaper than a whole verdict. */
    boolean isRegressed() {
        return proof().isPresent();
    }

    private Optional<Restarts.Start> proof() {
        if (restarts == null) {
            return Optional.empty();
        }
        double alpha = spec.alphaPerCondition();
        Restarts.Start start = restarts.strongest(condition.regressesBy(), alpha);
        double enough = start.enough(alpha);
        return Optional.of(start).filter(s -> s.comparer().logWorse(condition.regressesBy(), enough) >= enough);
    }

    /** {@code obstacle}: why this metric cannot be called healthy now, whatever the figures. */
    MetricVerdict verdict(boolean metricsBroken, Optional<String> obstacle, long requests0, long requests1) {
        Optional<Restarts.Start> proof = proof();
        if (proof.isPresent()) {
            return verdict(Outcome.REGRESSED, proof.get(), requests0, requests1, "");
        }
        if (restarts == null) {
            Outcome outcome = metricsBroken ? Outcome.METRICS_BROKEN : Outcome.NOT_ENOUGH_EVIDENCE;
            return empty(outcome, obstacle.orElse(nothingYet()), requests0, requests1);
        }
        Restarts.Start first = restarts.first();
        if (metricsBroken) {
            return verdict(Outcome.METRICS_BROKEN, first, requests0, requests1, "");
        }
        if (obstacle.isPresent()) {
            return verdict(Outcome.NOT_ENOUGH_EVIDENCE, first, requests0, requests1, obstacle.get());
        }
        boolean healthy = first.comparer().logBetter(condition.regressesBy(), HEALTHY_ENOUGH) >= HEALTHY_ENOUGH;
        Outcome outcome = healthy ? Outcome.HEALTHY : Outcome.NOT_ENOUGH_EVIDENCE;
        return verdict(outcome, first, requests0, requests1, "");
    }

    private String nothingYet() {
        return slotsWithoutLatency > 0
                ? "resolution: no latency histogram with buckets of at most 2% was recorded"
                : "no comparable windows yet";
    }

    private MetricVerdict empty(Outcome outcome, String why, long requests0, long requests1) {
        String sentence = Figures.name(condition.metric()) + ": " + Figures.words(outcome) + ", " + why;
        double nan = Double.NaN;
        return new MetricVerdict(
                condition.metric(),
                outcome,
                nan,
                nan,
                nan,
                nan,
                nan,
                condition.regressesBy(),
                alpha(),
                requests0,
                requests1,
                sentence);
    }

    /** A condition that cannot be judged since there is nothing to compare with. */
    MetricVerdict withoutControl(long requests1) {
        return empty(Outcome.NOT_ENOUGH_EVIDENCE, "no control to compare with", 0, requests1);
    }

    private double alpha() {
        return spec.alphaPerCondition();
    }

    private MetricVerdict verdict(
            Outcome outcome, Restarts.Start start, long requests0, long requests1, String obstacle) {
        Comparer c = start.comparer();
        double low = c.low(start.enough(alpha()));
        double high = c.high(HEALTHY_ENOUGH);
        Finding finding = new Finding(condition, spec, outcome, c, low, high, alpha());
        return new MetricVerdict(
                condition.metric(),
                outcome,
                c.control(),
                c.candidate(),
                c.estimate(),
                low,
                high,
                condition.regressesBy(),
                alpha(),
                requests0,
                requests1,
                finding.sentence(start, obstacle));
    }
}

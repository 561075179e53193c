package io.slipway.analysis;

import io.slipway.release.StopCondition;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A bound on the candidate's own value: broken when every slot with requests has been above it for the declared time. */
final class AbsoluteBound {
    private final StopCondition.Above condition;
    private final Prices prices;
    private final Measure measure;
    private @Nullable Instant aboveSince;
    private Instant upTo = Instant.MIN;
    private boolean controlToo = true;
    private double control = Double.NaN;
    private double candidate = Double.NaN;

    AbsoluteBound(StopCondition.Above condition, Prices prices, Measure measure) {
        this.condition = condition;
        this.prices = prices;
        this.measure = measure;
    }

    void add(Slot slot) {
        double value = value(slot.candidate());
        if (Double.isNaN(value)) {
            return;
        }
        candidate = value;
        control = value(slot.control());
        upTo = slot.end();
        if (value <= condition.bound()) {
            aboveSince = null;
            return;
        }
        if (aboveSince == null) {
            aboveSince = slot.start();
            controlToo = true;
        }
        controlToo &= control > condition.bound();
    }

    private double value(ArmSums arm) {
        return switch (condition.metric()) {
            case ERROR_RATE -> arm.errorRate();
            case P95_LATENCY -> arm.latency().quantileMs(0.95);
            case COST_PER_REQUEST, PROMETHEUS, PUSHED, BURN_RATE, CRASHES, OOM_KILLS -> arm.costPerRequest(prices);
        };
    }

    private Duration above() {
        return aboveSince == null ? Duration.ZERO : Duration.between(aboveSince, upTo);
    }

    boolean isBroken() {
        return aboveSince != null && above().compareTo(condition.during()) >= 0;
    }

    /** The control is above the bound too, and was for as long. */
    boolean isCommon() {
        return isBroken() && controlToo;
    }

    MetricVerdict verdict(boolean metricsBroken, ArmSums controlTotal, ArmSums candidateTotal, long minRequests) {
        Outcome outcome = outcome(metricsBroken, candidateTotal, minRequests);
        String value = Double.isNaN(candidate) ? "unknown" : measure.value(candidate, prices);
        String sentence = measure.name() + " is " + value + " against a bound of "
                + measure.value(condition.bound(), prices) + ", above it for "
                + above().toSeconds() + " s of the declared "
                + condition.during().toSeconds() + " s: "
                + Figures.words(outcome);
        return new MetricVerdict(
                measure.metric(),
                outcome,
                control,
                candidate,
                candidate,
                candidate,
                candidate,
                condition.bound(),
                0,
                controlTotal.requests(),
                candidateTotal.requests(),
                sentence);
    }

    private Outcome outcome(boolean metricsBroken, ArmSums candidateTotal, long minRequests) {
        if (isBroken()) {
            return Outcome.REGRESSED;
        }
        if (metricsBroken) {
            return Outcome.METRICS_BROKEN;
        }
        boolean known = !Double.isNaN(candidate) && candidateTotal.requests() >= minRequests;
        return known && aboveSince == null ? Outcome.HEALTHY : Outcome.NOT_ENOUGH_EVIDENCE;
    }
}

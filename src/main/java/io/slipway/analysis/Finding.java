package io.slipway.analysis;

import io.slipway.release.Metric;
import io.slipway.release.StopCondition;

/** One relative condition's result in plain words. */
record Finding(
        StopCondition.Regresses condition,
        JudgeSpec spec,
        Outcome outcome,
        Comparer comparer,
        double low,
        double high,
        double alpha) {

    /** 'p95 is 212 ms against 180 ms, +18% (+11% to +24%), tolerated +10%: regressed, at most 1 in 300 to be chance'. */
    String sentence(Restarts.Start start, String obstacle) {
        Metric metric = condition.metric();
        String sentence = Figures.name(metric) + " is " + Figures.value(metric, comparer.candidate(), spec.prices())
                + " against " + Figures.value(metric, comparer.control(), spec.prices()) + ", "
                + Figures.difference(metric, comparer.estimate()) + " (" + Figures.difference(metric, low) + " to "
                + Figures.difference(metric, high) + "), tolerated "
                + Figures.difference(metric, condition.regressesBy()) + ": " + Figures.words(outcome) + tail(obstacle);
        String since = start.block() == 0 ? "" : ", since " + start.at();
        String spread = comparer.dispersion() > 1.005
                ? ", widened " + Figures.number(comparer.dispersion()) + "-fold for uneven windows"
                : "";
        return sentence + since + spread;
    }

    private String tail(String obstacle) {
        if (!obstacle.isEmpty()) {
            return ", " + obstacle;
        }
        return switch (outcome) {
            case REGRESSED -> ", at most 1 in " + Math.round(1 / alpha) + " to be chance";
            case HEALTHY -> ", at most 1 in " + Math.round(1 / Tracked.HEALTHY_ALPHA) + " to be wrong";
            case NOT_ENOUGH_EVIDENCE -> detectable();
            case METRICS_BROKEN -> "";
        };
    }

    private String detectable() {
        double width = high - comparer.estimate();
        return Double.isNaN(width) || Double.isInfinite(width)
                ? ""
                : ", so far only differences of about " + Figures.difference(condition.metric(), width)
                        + " can be told apart";
    }
}

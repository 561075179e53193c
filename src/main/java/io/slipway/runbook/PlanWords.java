package io.slipway.runbook;

import io.slipway.base.Weight;
import io.slipway.release.Metric;
import io.slipway.release.OwnSeries;
import io.slipway.release.Step;
import io.slipway.release.StopCondition;
import io.slipway.release.Units;
import io.slipway.release.Watch;
import java.math.BigDecimal;
import java.time.Duration;

/** A plan's elements in words with figures and units. */
final class PlanWords {
    private PlanWords() {}

    static String step(Step step) {
        return switch (step) {
            case Step.SetWeight(Weight weight) -> "give it " + weight + " of the traffic";
            case Step.Hold(Duration duration) -> "hold " + Units.render(duration);
            case Step.Gate(long requests, Duration atMost) ->
                "gate: healthy on " + requests + " requests of each arm, within " + Units.render(atMost);
            case Step.Approve(String by, Duration atMost) -> "approval of " + by + ", within " + Units.render(atMost);
        };
    }

    static String condition(StopCondition condition) {
        return switch (condition) {
            case StopCondition.Regresses(Metric metric, double margin) ->
                metric.label() + " worse than the baseline by more than " + percent(margin)
                        + (metric == Metric.ERROR_RATE ? " points" : "%");
            case StopCondition.Above(Metric metric, double bound, Duration during) ->
                metric.label() + " above " + bound(metric, bound) + " for " + Units.render(during);
            case StopCondition.Burns(double objective) ->
                "errors use up what an objective of " + percent(objective)
                        + "% allows 14.4 times too fast over 1h and 5m, or 6 times over 6h and 30m";
            case StopCondition.SeriesRegresses(OwnSeries series, double margin) ->
                words(series) + " more than " + percent(margin) + "% above the baseline's";
            case StopCondition.SeriesAbove(OwnSeries series, double bound, Duration during) ->
                words(series) + " above " + bound(series.source(), bound) + " for " + Units.render(during);
        };
    }

    private static String words(OwnSeries series) {
        return series.source().label() + " `" + series.text() + "`";
    }

    static String watch(Watch watch) {
        return Units.render(watch.duration())
                + (watch.shortWatch() ? " (shorter than 24h, declared as such)" : "")
                + (watch.control()
                        ? ", against a concurrent control"
                        : ", without a control: absolute conditions only");
    }

    private static String bound(Metric metric, double bound) {
        return switch (metric) {
            case ERROR_RATE -> percent(bound) + "%";
            case P95_LATENCY -> plain(BigDecimal.valueOf(bound)) + " ms";
            case COST_PER_REQUEST -> plain(BigDecimal.valueOf(bound)) + " per request";
            case PROMETHEUS, PUSHED, BURN_RATE, CRASHES, OOM_KILLS -> plain(BigDecimal.valueOf(bound));
        };
    }

    private static String percent(double share) {
        return plain(BigDecimal.valueOf(share).movePointRight(2));
    }

    private static String plain(BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }
}

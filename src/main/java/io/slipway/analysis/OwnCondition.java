package io.slipway.analysis;

import io.slipway.release.Metric;
import io.slipway.release.OwnSeries;
import io.slipway.release.StopCondition;
import java.time.Instant;
import java.util.List;

/**
 * One condition on a series of the team's own: a comparison by itself, in which each sample is one request that costs its value. So the ratio of both
 * arms' values is judged as that of costs is, and a bound as a bound on costs.
 */
final class OwnCondition {
    /** One unit of cpu time costs 1. */
    private static final Prices UNIT = new Prices(3600, 0, "");

    private static final int SHOWN = 80;
    private final OwnSeries series;
    /** Whatever is below 0 is below a bound, while a ratio of it means nothing. */
    private final boolean isBound;

    private final boolean isJudged;
    private final Comparison comparison;

    private OwnCondition(OwnSeries series, StopCondition asCost, JudgeSpec outer, Instant since) {
        this.series = series;
        this.isBound = asCost instanceof StopCondition.Above;
        boolean control = outer.control() && series.isByRevision();
        this.isJudged = isBound || control;
        JudgeSpec spec = new JudgeSpec(List.of(asCost), UNIT, outer.alphaPerCondition(), 1, control);
        this.comparison = new Comparison(spec, since, new Measure(series.source(), name(series)));
    }

    static OwnCondition of(StopCondition.SeriesRegresses c, JudgeSpec outer, Instant since) {
        return new OwnCondition(
                c.series(), new StopCondition.Regresses(Metric.COST_PER_REQUEST, c.regressesBy()), outer, since);
    }

    static OwnCondition of(StopCondition.SeriesAbove c, JudgeSpec outer, Instant since) {
        return new OwnCondition(
                c.series(), new StopCondition.Above(Metric.COST_PER_REQUEST, c.bound(), c.during()), outer, since);
    }

    private static String name(OwnSeries series) {
        String text = series.text();
        return series.source().label() + " '" + (text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text) + "'";
    }

    /** Without a control a ratio is only shown. */
    boolean isJudged() {
        return isJudged;
    }

    void add(Sample sample) {
        if (sample.series().equals(series)) {
            comparison.add(sample.window(isBound && sample.value() < 0 ? 0 : sample.value()));
        }
    }

    void advance(Instant now) {
        comparison.advance(now);
    }

    boolean reverts(Instant now) {
        return comparison.reverts(now);
    }

    Verdict look(Instant now) {
        return comparison.look(now);
    }
}

package io.slipway.dashboard;

import io.slipway.base.RevisionId;
import io.slipway.control.OwnSeriesStore;
import io.slipway.control.OwnSeriesStore.Stored;
import io.slipway.control.OwnSeriesStore.Value;
import io.slipway.control.Views.RolloutView;
import io.slipway.release.OwnSeries;
import io.slipway.release.StopCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The chart of a series of the team's own that a stop condition looks at. Its columns are as far apart as its values, so they are not those of the other
 * charts.
 *
 * @param t seconds since 1970
 * @param bound of the first condition on it; empty where the control's value is needed and not known
 */
record OwnChart(
        String id,
        List<Long> t,
        List<Optional<Double>> control,
        List<Optional<Double>> candidate,
        List<Optional<Double>> bound) {
    /** A chart's place on the page, and what it is of. */
    record Figure(String id, String kind, String text) {}

    static List<Figure> figures(RolloutView r) {
        List<Figure> figures = new ArrayList<>();
        for (OwnSeries series : seriesOf(r)) {
            figures.add(new Figure(id(figures.size()), VerdictRow.name(series.source()), series.text()));
        }
        return figures;
    }

    /** What the conditions of a release look at, each once, in the order of their charts. */
    private static Set<OwnSeries> seriesOf(RolloutView r) {
        return OwnSeries.of(r.spec().release().stopConditions());
    }

    private static String id(int number) {
        return "own-" + number;
    }

    static List<OwnChart> of(RolloutView r, OwnSeriesStore store, Instant from, Instant to, Duration step) {
        List<OwnChart> charts = new ArrayList<>();
        for (OwnSeries series : seriesOf(r)) {
            List<Value> control = r.stable()
                    .filter(stable -> series.isByRevision())
                    .map(stable -> values(store, stable, series, from, to))
                    .orElse(List.of());
            List<Value> candidate = values(store, r.revision(), series, from, to);
            StopCondition condition = r.spec().release().stopConditions().stream()
                    .filter(c -> OwnSeries.of(List.of(c)).contains(series))
                    .findFirst()
                    .orElseThrow();
            charts.add(of(id(charts.size()), condition, control, candidate, step));
        }
        return charts;
    }

    private static List<Value> values(
            OwnSeriesStore store, RevisionId revision, OwnSeries series, Instant from, Instant to) {
        return store.values(revision, series, from, to).stream()
                .map(Stored::value)
                .toList();
    }

    static OwnChart of(String id, StopCondition condition, List<Value> control, List<Value> candidate, Duration step) {
        long widthMs = Math.max(1, step.toMillis());
        for (Value value : Stream.concat(control.stream(), candidate.stream()).toList()) {
            widthMs = Math.max(widthMs, (long) (value.seconds() * 1000));
        }
        TreeMap<Long, DoubleSummaryStatistics> below = columns(control, widthMs);
        TreeMap<Long, DoubleSummaryStatistics> above = columns(candidate, widthMs);
        List<Long> t = new ArrayList<>();
        List<Optional<Double>> controls = new ArrayList<>();
        List<Optional<Double>> candidates = new ArrayList<>();
        List<Optional<Double>> bounds = new ArrayList<>();
        TreeMap<Long, DoubleSummaryStatistics> both = new TreeMap<>(below);
        both.putAll(above);
        long end = both.isEmpty() ? Long.MIN_VALUE : both.lastKey();
        for (long at = both.isEmpty() ? 0 : both.firstKey(); at <= end; at++) {
            Optional<Double> ofControl = mean(below, at);
            t.add(at * widthMs / 1000);
            controls.add(ofControl);
            candidates.add(mean(above, at));
            bounds.add(bound(condition, ofControl));
        }
        return new OwnChart(id, t, controls, candidates, bounds);
    }

    private static TreeMap<Long, DoubleSummaryStatistics> columns(List<Value> values, long widthMs) {
        TreeMap<Long, DoubleSummaryStatistics> columns = new TreeMap<>();
        for (Value value : values) {
            long column = Math.floorDiv(value.at().toEpochMilli(), widthMs);
            columns.computeIfAbsent(column, c -> new DoubleSummaryStatistics()).accept(value.value());
        }
        return columns;
    }

    private static Optional<Double> mean(TreeMap<Long, DoubleSummaryStatistics> columns, long at) {
        return Optional.ofNullable(columns.get(at))
                .map(DoubleSummaryStatistics::getAverage)
                .filter(Double::isFinite)
                .map(ChartData::rounded);
    }

    private static Optional<Double> bound(StopCondition condition, Optional<Double> control) {
        return switch (condition) {
            case StopCondition.SeriesAbove above -> Optional.of(ChartData.rounded(above.bound()));
            case StopCondition.SeriesRegresses r -> control.map(c -> ChartData.rounded(c * (1 + r.regressesBy())));
            case StopCondition.Above other -> Optional.empty();
            case StopCondition.Regresses other -> Optional.empty();
        };
    }
}

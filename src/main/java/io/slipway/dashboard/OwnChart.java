package io.slipway.dashboard;

import io.slipway.control.OwnSeriesStore;
import io.slipway.control.OwnSeriesStore.Value;
import io.slipway.control.Views.RolloutView;
import io.slipway.release.OwnSeries;
import io.slipway.release.StopCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The chart of a series of the team's own that a stop condition looks at. Its columns are there where it has values, so they are not those of the other
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
    /** A series whose next value is not there after so many values' time is stale. */
    private static final int STALE_VALUES = 5;

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
                    .map(stable -> store.means(stable, series, from, to, step))
                    .orElse(List.of());
            List<Value> candidate = store.means(r.revision(), series, from, to, step);
            StopCondition condition = r.spec().release().stopConditions().stream()
                    .filter(c -> OwnSeries.of(List.of(c)).contains(series))
                    .findFirst()
                    .orElseThrow();
            charts.add(of(id(charts.size()), condition, control, candidate, step));
        }
        return charts;
    }

    /** Values are at the begin of their steps. */
    static OwnChart of(String id, StopCondition condition, List<Value> control, List<Value> candidate, Duration step) {
        long stepMs = Math.max(1, step.toMillis());
        TreeMap<Long, Value> controls = byStep(control, stepMs);
        TreeMap<Long, Value> candidates = byStep(candidate, stepMs);
        TreeMap<Long, Value> both = new TreeMap<>(controls);
        both.putAll(candidates);
        OwnChart chart = new OwnChart(id, new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        long end = both.isEmpty() ? -1 : both.lastKey();
        for (long at = both.isEmpty() ? 0 : both.firstKey(); at <= end; at++) {
            Optional<Double> ofControl = standing(controls, at, stepMs);
            chart.t.add(at * stepMs / 1000);
            chart.control.add(ofControl.flatMap(ChartData::shown));
            chart.candidate.add(standing(candidates, at, stepMs).flatMap(ChartData::shown));
            chart.bound.add(bound(condition, ofControl));
        }
        return chart;
    }

    private static TreeMap<Long, Value> byStep(List<Value> values, long stepMs) {
        TreeMap<Long, Value> steps = new TreeMap<>();
        values.forEach(v -> steps.put(Math.floorDiv(v.at().toEpochMilli(), stepMs), v));
        return steps;
    }

    /** The value of a step; without one that of the last, as long as the judge waits for the next. */
    private static Optional<Double> standing(TreeMap<Long, Value> steps, long at, long stepMs) {
        return Optional.ofNullable(steps.floorEntry(at))
                .filter(last -> (at - last.getKey()) * stepMs
                        <= STALE_VALUES * 1000 * last.getValue().seconds())
                .map(last -> last.getValue().value());
    }

    private static Optional<Double> bound(StopCondition condition, Optional<Double> control) {
        return switch (condition) {
            case StopCondition.SeriesAbove above -> ChartData.shown(above.bound());
            case StopCondition.SeriesRegresses r -> control.flatMap(c -> ChartData.shown(c * (1 + r.regressesBy())));
            case StopCondition.Above other -> Optional.empty();
            case StopCondition.Burns other -> Optional.empty();
            case StopCondition.Regresses other -> Optional.empty();
        };
    }
}

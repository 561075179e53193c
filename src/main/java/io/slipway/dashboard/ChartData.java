package io.slipway.dashboard;

import io.slipway.base.Arm;
import io.slipway.control.Views.RolloutView;
import io.slipway.control.Views.SeriesPoint;
import io.slipway.release.Metric;
import io.slipway.release.StopCondition;
import io.slipway.runbook.Decision;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What the charts of a rollout show, column by column.
 *
 * @param t seconds since 1970
 * @param share the candidate's share of the requests, 0 to 100
 * @param charts p95 in ms, error rate in percent, cost per million requests
 * @param own series of the team's own
 * @param marks decisions that changed the state
 */
record ChartData(
        List<Long> t,
        String control,
        String candidate,
        List<Optional<Double>> share,
        List<Chart> charts,
        List<OwnChart> own,
        List<Mark> marks,
        boolean over) {
    private static final MathContext FOUR_DIGITS = new MathContext(4);

    /**
     * One chart.
     *
     * @param bound above which the candidate counts as regressed, at the control's value; empty where nothing was declared
     */
    record Chart(
            String id,
            List<Optional<Double>> control,
            List<Optional<Double>> candidate,
            List<Optional<Double>> bound) {}

    /** A decision on the time axis. */
    record Mark(long t, String label, String tone) {}

    static ChartData of(RolloutView r, List<SeriesPoint> points, List<OwnChart> own, List<Decision> decisions) {
        TreeMap<Instant, Map<Arm, SeriesPoint>> rows = new TreeMap<>();
        for (SeriesPoint p : points) {
            rows.computeIfAbsent(p.start(), at -> new EnumMap<>(Arm.class)).put(p.arm(), p);
        }
        List<Map<Arm, SeriesPoint>> arms = List.copyOf(rows.values());
        return new ChartData(
                rows.keySet().stream().map(Instant::getEpochSecond).toList(),
                r.stable().map(s -> s.label() + " (control)").orElse("control"),
                r.revision().label(),
                arms.stream().map(ChartData::share).toList(),
                List.of(
                        chart(
                                "p95",
                                Metric.P95_LATENCY,
                                r,
                                arms,
                                p -> p.latency().quantileMs(0.95)),
                        chart(
                                "errors",
                                Metric.ERROR_RATE,
                                r,
                                arms,
                                p -> p.requests() == 0 ? Double.NaN : 100.0 * p.errors() / p.requests()),
                        chart("cost", Metric.COST_PER_REQUEST, r, arms, p -> p.costPerRequest() * 1e6)),
                own,
                marks(decisions),
                r.state().isOver());
    }

    private static Chart chart(
            String id,
            Metric metric,
            RolloutView r,
            List<Map<Arm, SeriesPoint>> arms,
            ToDoubleFunction<SeriesPoint> value) {
        List<Optional<Double>> control =
                arms.stream().map(a -> value(control(a), value)).toList();
        Optional<StopCondition> condition = r.spec().release().stopConditions().stream()
                .filter(c -> c.metric() == metric)
                .findFirst();
        return new Chart(
                id,
                control,
                arms.stream()
                        .map(a -> value(Optional.ofNullable(a.get(Arm.CANDIDATE)), value))
                        .toList(),
                control.stream().map(c -> bound(condition, c)).toList());
    }

    private static Optional<Double> bound(Optional<StopCondition> condition, Optional<Double> control) {
        return condition
                .map(c -> switch (c) {
                    case StopCondition.SeriesRegresses s -> Double.NaN;
                    case StopCondition.SeriesAbove s -> Double.NaN;
                    case StopCondition.Burns b -> Double.NaN;
                    case StopCondition.Above a -> scale(a);
                    case StopCondition.Regresses g ->
                        control.map(v -> g.metric() == Metric.ERROR_RATE
                                        ? v + 100 * g.regressesBy()
                                        : v * (1 + g.regressesBy()))
                                .orElse(Double.NaN);
                })
                .flatMap(ChartData::shown);
    }

    private static double scale(StopCondition.Above a) {
        return switch (a.metric()) {
            case P95_LATENCY -> a.bound();
            case ERROR_RATE -> a.bound() * 100;
            case COST_PER_REQUEST -> a.bound() * 1e6;
            case PROMETHEUS, PUSHED, BURN_RATE, CRASHES, OOM_KILLS -> a.bound();
        };
    }

    /** The arm that is compared; before there is one, and without a control, the stable revision. */
    private static Optional<SeriesPoint> control(Map<Arm, SeriesPoint> arms) {
        return Optional.ofNullable(arms.get(Arm.CONTROL)).or(() -> Optional.ofNullable(arms.get(Arm.STABLE)));
    }

    private static Optional<Double> value(Optional<SeriesPoint> point, ToDoubleFunction<SeriesPoint> value) {
        return point.flatMap(p -> shown(value.applyAsDouble(p)));
    }

    /** As a chart shows it, which has no infinity and nothing that is no number. */
    static Optional<Double> shown(double value) {
        return Optional.of(value)
                .filter(Double::isFinite)
                .map(ChartData::rounded)
                .filter(Double::isFinite);
    }

    private static Optional<Double> share(Map<Arm, SeriesPoint> arms) {
        long all = arms.values().stream().mapToLong(SeriesPoint::requests).sum();
        long candidate = Optional.ofNullable(arms.get(Arm.CANDIDATE))
                .map(SeriesPoint::requests)
                .orElse(0L);
        return all == 0 ? Optional.empty() : Optional.of(rounded(100.0 * candidate / all));
    }

    /** To what a chart can show, so that the page stays small. */
    private static double rounded(double value) {
        return value == 0 ? 0 : BigDecimal.valueOf(value).round(FOUR_DIGITS).doubleValue();
    }

    private static List<Mark> marks(List<Decision> decisions) {
        return decisions.stream()
                .filter(d -> !d.fromState().equals(d.toState()))
                .sorted(Comparator.comparing(Decision::at))
                .map(d -> new Mark(
                        d.at().getEpochSecond(),
                        d.toState(),
                        d.toState().startsWith("revert") || d.toState().equals("failed") ? "bad" : "plain"))
                .toList();
    }
}

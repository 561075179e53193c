package io.slipway.dashboard;

import io.slipway.analysis.MetricVerdict;
import io.slipway.control.Views.RolloutView;
import io.slipway.release.Metric;
import io.slipway.release.OwnSeries;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * One stop condition at the last look.
 *
 * @param series the query or the name, where the team's own series is compared; else empty
 * @param interval the range that the difference lies in, in words
 * @param bar the same, drawn
 * @param chance budget of the condition: how probable it is over the whole comparison that it reverts what is not worse than tolerated
 */
record VerdictRow(
        String metric,
        String series,
        String control,
        String candidate,
        String difference,
        String interval,
        String tolerated,
        StateMark mark,
        String chance,
        String requests,
        Bar bar) {
    static List<VerdictRow> of(RolloutView r) {
        Iterator<String> own = own(r);
        return r.verdict()
                .map(v -> v.metrics().stream()
                        .map(m -> of(m, isOwn(m.metric()) && own.hasNext() ? own.next() : ""))
                        .toList())
                .orElse(List.of());
    }

    /** In the order of their conditions, as they are judged. */
    private static Iterator<String> own(RolloutView r) {
        return r.spec().release().stopConditions().stream()
                .flatMap(c -> OwnSeries.of(List.of(c)).stream())
                .map(OwnSeries::text)
                .iterator();
    }

    private static boolean isOwn(Metric metric) {
        return metric == Metric.PROMETHEUS || metric == Metric.PUSHED;
    }

    private static VerdictRow of(MetricVerdict m, String series) {
        boolean known = !m.isBound() && Double.isFinite(m.low()) && Double.isFinite(m.high());
        return new VerdictRow(
                name(m.metric()),
                series,
                value(m.metric(), m.control()),
                value(m.metric(), m.candidate()),
                m.isBound() ? Figures.NONE : difference(m.metric(), m.estimate()),
                known
                        ? difference(m.metric(), m.low()) + " to " + difference(m.metric(), m.high())
                        : m.isBound() ? "" : "not known",
                m.isBound() ? limit(m) : difference(m.metric(), m.margin()),
                StateMark.of(m.outcome()),
                m.alpha() == 0 ? "a bound" : "1 in " + Figures.count(Math.round(1 / m.alpha())),
                Figures.count(m.controlRequests()) + " and " + Figures.count(m.candidateRequests())
                        + (series.isEmpty() ? " requests" : " values"),
                Bar.of(m));
    }

    static String name(Metric metric) {
        return switch (metric) {
            case ERROR_RATE -> "Error rate";
            case P95_LATENCY -> "p95 latency";
            case COST_PER_REQUEST -> "Cost per request";
            case PROMETHEUS -> "Prometheus query";
            case PUSHED -> "Pushed metric";
            case BURN_RATE -> "Burn rate";
            case CRASHES -> "Crashes";
            case OOM_KILLS -> "OOM kills";
        };
    }

    private static String value(Metric metric, double value) {
        return switch (metric) {
            case ERROR_RATE -> Figures.percent(value);
            case P95_LATENCY -> Figures.ms(value);
            case COST_PER_REQUEST -> Figures.perMillion(value);
            case PROMETHEUS, PUSHED, CRASHES, OOM_KILLS -> Figures.number(value);
            case BURN_RATE -> Figures.number(value) + "x";
        };
    }

    private static String limit(MetricVerdict m) {
        return "at most " + value(m.metric(), m.margin()) + (m.metric().isDeclared() ? "" : " a day and replica");
    }

    private static String difference(Metric metric, double difference) {
        return metric == Metric.ERROR_RATE ? Figures.points(difference) : Figures.change(difference);
    }

    /**
     * The interval on a line 200 wide: 100 is no difference. All that is drawn fits: scaled by what lies farthest out, at least by twice
     * what is tolerated.
     *
     * @param known false when there is no interval to draw
     */
    record Bar(boolean known, String low, String width, String estimate, String bound) {
        private static final double ZERO = 100;
        private static final double SIDE = 94;

        static Bar of(MetricVerdict m) {
            boolean known = !m.isBound() && Double.isFinite(m.low()) && Double.isFinite(m.high()) && m.margin() > 0;
            double farthest = Math.max(2 * m.margin(), Math.max(Math.abs(m.low()), Math.abs(m.high())));
            double low = at(m.low(), farthest);
            double high = at(m.high(), farthest);
            return known
                    ? new Bar(
                            true,
                            text(low),
                            text(Math.max(2, high - low)),
                            text(at(m.estimate(), farthest)),
                            "M" + text(at(m.margin(), farthest)) + " 1v14")
                    : new Bar(false, "0", "0", "0", "");
        }

        private static double at(double value, double farthest) {
            return Math.clamp(ZERO + value / farthest * SIDE, 4, 196);
        }

        private static String text(double x) {
            return String.format(Locale.ROOT, "%.1f", x);
        }
    }
}

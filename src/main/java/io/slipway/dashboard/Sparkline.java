package io.slipway.dashboard;

import io.slipway.base.Arm;
import io.slipway.control.Views.SeriesPoint;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * A line per arm over some hours, drawn on the server as SVG paths.
 *
 * @param stable path of the stable revision (and control)
 * @param candidate path of the revision being released; empty without one
 * @param label what a screen reader says
 * @param low least value drawn, with its unit
 * @param high greatest
 */
record Sparkline(int width, int height, String stable, String candidate, String label, String low, String high) {
    private static final String DOT = "h2";
    private static final Duration GAP = Duration.ofMinutes(40);

    /** 95th percentile of latency. */
    static Optional<Sparkline> p95(List<SeriesPoint> points, Instant from, Instant to, int width, int height) {
        return of(points, from, to, width, height, p -> p.latency().quantileMs(0.95), Figures::ms, "p95 latency");
    }

    static Optional<Sparkline> errorRate(List<SeriesPoint> points, Instant from, Instant to, int width, int height) {
        return of(
                points,
                from,
                to,
                width,
                height,
                p -> p.requests() == 0 ? Double.NaN : (double) p.errors() / p.requests(),
                Figures::percent,
                "error rate");
    }

    private static Optional<Sparkline> of(
            List<SeriesPoint> points,
            Instant from,
            Instant to,
            int width,
            int height,
            ToDoubleFunction<SeriesPoint> value,
            java.util.function.DoubleFunction<String> unit,
            String what) {
        double high = points.stream()
                .mapToDouble(value)
                .filter(Double::isFinite)
                .max()
                .orElse(Double.NaN);
        if (Double.isNaN(high)) {
            return Optional.empty();
        }
        double low = points.stream()
                .mapToDouble(value)
                .filter(Double::isFinite)
                .min()
                .orElse(0);
        Plane plane = new Plane(from, to, width, height, high * 1.05);
        String stable =
                plane.path(points.stream().filter(p -> p.arm() == Arm.STABLE).toList(), value);
        String candidate =
                plane.path(points.stream().filter(p -> p.arm() == Arm.CANDIDATE).toList(), value);
        String label = what + " of the last " + Figures.duration(Duration.between(from, to)) + ": " + unit.apply(low)
                + " to " + unit.apply(high);
        return Optional.of(new Sparkline(width, height, stable, candidate, label, unit.apply(low), unit.apply(high)));
    }

    /** Where a time and a value lie; the axis begins at 0, so that a small wobble looks small. */
    private record Plane(Instant from, Instant to, int width, int height, double high) {
        String path(List<SeriesPoint> points, ToDoubleFunction<SeriesPoint> value) {
            StringBuilder path = new StringBuilder();
            Instant last = Instant.MIN;
            double span = Math.max(1, Duration.between(from, to).toSeconds());
            for (SeriesPoint p : points) {
                double y = value.applyAsDouble(p);
                if (Double.isFinite(y)) {
                    boolean gap = last.isBefore(p.start().minus(GAP));
                    path.append(String.format(
                            Locale.ROOT,
                            "%s%.1f %.1f",
                            gap ? "M" : "L",
                            Duration.between(from, p.start()).toSeconds() / span * width,
                            height - 1 - y / Math.max(high, 1e-9) * (height - 2)));
                    if (gap) {
                        // A line of one point would not be seen.
                        path.append(DOT);
                    }
                    last = p.start();
                }
            }
            return path.toString();
        }
    }
}

package io.slipway.analysis;

import io.slipway.release.Metric;
import java.util.Locale;

/** Figures as sentences show them: few digits, with units. */
final class Figures {
    private Figures() {}

    static String name(Metric metric) {
        return switch (metric) {
            case ERROR_RATE -> "error rate";
            case P95_LATENCY -> "p95";
            case COST_PER_REQUEST -> "cost per request";
        };
    }

    static String value(Metric metric, double value, Prices prices) {
        return switch (metric) {
            case ERROR_RATE -> percent(value);
            case P95_LATENCY -> number(value) + " ms";
            case COST_PER_REQUEST -> number(value * 1e6) + " " + prices.currency() + " per million";
        };
    }

    /** A difference or margin: points for the error rate, per cent for the others; always with its sign. */
    static String difference(Metric metric, double value) {
        if (Double.isNaN(value)) {
            return "unknown";
        }
        if (Double.isInfinite(value)) {
            return "unlimited";
        }
        return (value >= 0 ? "+" : "-") + number(Math.abs(value) * 100) + (metric == Metric.ERROR_RATE ? "pp" : "%");
    }

    static String percent(double share) {
        return number(share * 100) + "%";
    }

    /** Three significant digits, without an exponent. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "unknown";
        }
        double size = Math.abs(value);
        int digits = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4;
        String text = String.format(Locale.ROOT, "%." + digits + "f", value);
        return text.indexOf('.') < 0 ? text : text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }

    static String words(Outcome outcome) {
        return outcome.label().replace('-', ' ');
    }
}

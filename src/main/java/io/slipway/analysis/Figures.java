package io.slipway.analysis;

import io.slipway.release.Metric;
import java.util.Locale;

/** Figures as sentences show them: few digits, with units. */
final class Figures {
    /** What is expected later than this is not in sight. */
    static final double SECONDS_MAX = 14 * 86_400.0;

    private static final long[] POWERS = {1, 10, 100, 1000, 10_000};
    private static final double LARGE = 1e14;

    private Figures() {}

    static String name(Metric metric) {
        return switch (metric) {
            case ERROR_RATE -> "error rate";
            case P95_LATENCY -> "p95";
            case COST_PER_REQUEST -> "cost per request";
            case BURN_RATE -> "burn rate";
            case CRASHES -> "crashes";
            case OOM_KILLS -> "OOM kills";
            case PROMETHEUS, PUSHED -> metric.label();
        };
    }

    static String value(Metric metric, double value, Prices prices) {
        return switch (metric) {
            case ERROR_RATE -> percent(value);
            case P95_LATENCY -> number(value) + " ms";
            case COST_PER_REQUEST -> number(value * 1e6) + " " + prices.currency() + " per million";
            case BURN_RATE -> number(value) + "x";
            case PROMETHEUS, PUSHED, CRASHES, OOM_KILLS -> number(value);
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
        if (size > LARGE) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        long scaled = Math.round(size * POWERS[digits]);
        String sign = value < 0 && scaled > 0 ? "-" : "";
        String whole = sign + scaled / POWERS[digits];
        long rest = scaled % POWERS[digits];
        if (rest == 0) {
            return whole;
        }
        while (rest % 10 == 0) {
            rest /= 10;
            digits--;
        }
        String decimals = String.valueOf(rest);
        return whole + "." + "0".repeat(digits - decimals.length()) + decimals;
    }

    /** The two largest units of so many seconds, rounded. */
    static String duration(double seconds) {
        long s = Math.round(seconds);
        if (s < 90) {
            return s + " s";
        }
        long minutes = Math.round(seconds / 60);
        return minutes < 90
                ? minutes + " min"
                : minutes < 2 * 24 * 60 ? number(minutes / 60.0) + " h" : Math.round(minutes / 1440.0) + " days";
    }

    static String words(Outcome outcome) {
        return outcome.label().replace('-', ' ');
    }
}

package io.slipway.bench;

import java.util.List;
import java.util.Locale;

/** Lists of milliseconds as tables show them. */
final class Timing {
    private Timing() {}

    static double at(List<Double> ms, double quantile) {
        List<Double> sorted = ms.stream().sorted().toList();
        return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(quantile * sorted.size())));
    }

    /** Lowest, median, 95th percentile. */
    static String cells(List<Double> ms) {
        return String.format(Locale.ROOT, "%.2f | %.2f | %.2f", at(ms, 0), at(ms, 0.5), at(ms, 0.95));
    }

    static String median(List<Double> ms) {
        return String.format(Locale.ROOT, "%.2f", at(ms, 0.5));
    }
}

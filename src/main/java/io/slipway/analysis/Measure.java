package io.slipway.analysis;

import io.slipway.release.Metric;

/** How a condition's values are named and written. */
record Measure(Metric metric, String name) {
    static Measure of(Metric metric) {
        return new Measure(metric, Figures.name(metric));
    }

    String value(double value, Prices prices) {
        return Figures.value(metric, value, prices);
    }
}

package io.slipway.analysis;

import java.util.function.DoublePredicate;

/** The point at which something that holds for small values ceases to hold. */
final class Bisection {
    private static final int STEPS = 24;

    private Bisection() {}

    /** The largest value from {@code low} to {@code high} that was found to hold; {@code low} when none did or {@code high} is NaN. */
    static double last(double low, double high, DoublePredicate holds) {
        if (Double.isNaN(high) || !holds.test(low)) {
            return low;
        }
        double yes = low;
        double no = high;
        for (int i = 0; i < STEPS; i++) {
            double mid = (yes + no) / 2;
            if (holds.test(mid)) {
                yes = mid;
            } else {
                no = mid;
            }
        }
        return yes;
    }
}

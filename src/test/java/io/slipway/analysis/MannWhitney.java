package io.slipway.analysis;

/**
 * Mann and Whitney's test of two samples and the interval of their shift, by the normal approximation as R's {@code wilcox.test} has it: with
 * continuity correction and ties. Beside our own judge in the table of {@code src/bench/judge-bench}.
 */
public final class MannWhitney {
    private static final int STEPS = 60;

    private final double[] experiment;
    private final double[] control;

    /** Both sorted. */
    public MannWhitney(double[] experiment, double[] control) {
        this.experiment = experiment;
        this.control = control;
    }

    /** Pairs in which the experiment's value is larger, ties by half. */
    double statistic() {
        return statistic(0)[0];
    }

    /** Standard normal if the experiment's values, less {@code shift}, are distributed as the control's. */
    double z(double shift, boolean corrected) {
        double[] statistic = statistic(shift);
        double n = experiment.length;
        double m = control.length;
        double beyond = statistic[0] - n * m / 2;
        double variance = n * m / 12 * (n + m + 1 - statistic[1] / ((n + m) * (n + m - 1)));
        double correction = corrected ? Math.signum(beyond) * 0.5 : 0;
        return variance > 0 ? (beyond - correction) / Math.sqrt(variance) : 0;
    }

    /** Hodges and Lehmann's estimate. */
    public double shift() {
        return root(0, false);
    }

    /** Lower end of the interval of the shift, at a level such as 0.98. */
    public double low(double level) {
        return root(quantile((1 + level) / 2), true);
    }

    /** Whether the lower end is plainly below 0, without looking for it. */
    public boolean lowIsNegative(double level) {
        double least = experiment[0] - control[control.length - 1];
        return least < 0 && z(least * 1e-6, true) <= quantile((1 + level) / 2);
    }

    public double high(double level) {
        return root(-quantile((1 + level) / 2), true);
    }

    /** The shift at which z, which falls, passes a value. */
    private double root(double value, boolean corrected) {
        double low = experiment[0] - control[control.length - 1];
        double high = experiment[experiment.length - 1] - control[0];
        if (z(low, corrected) <= value) {
            return low;
        }
        if (z(high, corrected) >= value) {
            return high;
        }
        for (int i = 0; i < STEPS && high - low > 1e-9 * Math.abs(high + low); i++) {
            double middle = (low + high) / 2;
            if (z(middle, corrected) > value) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    /** The statistic, and the sum of t^3 - t over groups of t equal values. */
    private double[] statistic(double shift) {
        double larger = 0;
        double ties = 0;
        int i = 0;
        int j = 0;
        while (i < experiment.length || j < control.length) {
            double next = Math.min(
                    i < experiment.length ? experiment[i] - shift : Double.POSITIVE_INFINITY,
                    j < control.length ? control[j] : Double.POSITIVE_INFINITY);
            int i0 = i;
            int j0 = j;
            while (i < experiment.length && experiment[i] - shift == next) {
                i++;
            }
            while (j < control.length && control[j] == next) {
                j++;
            }
            double equal = i - i0 + j - j0;
            larger += (i - i0) * (j0 + (j - j0) / 2.0);
            ties += equal * equal * equal - equal;
        }
        return new double[] {larger, ties};
    }

    /** Of the standard normal distribution, above 0.5: bisection on its series. */
    private static double quantile(double p) {
        double low = 0;
        double high = 8;
        for (int i = 0; i < STEPS; i++) {
            double middle = (low + high) / 2;
            if (cumulative(middle) < p) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** For z of 0 or more: Abramowitz and Stegun 26.2.11. */
    static double cumulative(double z) {
        double term = z;
        double sum = z;
        for (int i = 1; i < 500 && term > sum * 1e-17; i++) {
            term *= z * z / (2 * i + 1);
            sum += term;
        }
        return 0.5 + sum * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
    }
}

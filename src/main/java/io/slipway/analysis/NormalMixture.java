package io.slipway.analysis;

/**
 * Robbins' normal mixture boundary: with probability at least 1 - alpha, a sum whose variance process is v (and whose increments are
 * sub-Gaussian) stays inside it for all v at once (Howard, Ramdas, McAuliffe and Sekhon 2021, propositions 5 and 6).
 */
record NormalMixture(double rho, double alpha) {

    /** The mixture that is tightest around the variance {@code v}, for two-sided use. */
    static NormalMixture tightestAt(double v, double alpha) {
        double twice = -2 * StrictMath.log(alpha);
        return new NormalMixture(v / (twice + StrictMath.log1p(twice)), alpha);
    }

    /** The mixture that is tightest around the variance {@code v}, for one-sided use. */
    static NormalMixture oneSidedTightestAt(double v, double alpha) {
        return new NormalMixture(tightestAt(v, 2 * alpha).rho, alpha);
    }

    /** |sum| stays below this. */
    double twoSided(double v) {
        return StrictMath.sqrt((v + rho) * StrictMath.log((v + rho) / (rho * alpha * alpha)));
    }

    /** The sum stays below this. */
    double oneSided(double v) {
        double low = 0;
        double high = twoSided(v) * 2;
        for (int i = 0; i < 100; i++) {
            double mid = (low + high) / 2;
            if (logOneSided(mid, v) < -StrictMath.log(alpha)) {
                low = mid;
            } else {
                high = mid;
            }
        }
        return high;
    }

    private double logOneSided(double sum, double v) {
        double scale = v + rho;
        return StrictMath.log(2)
                + 0.5 * StrictMath.log(rho / scale)
                + sum * sum / (2 * scale)
                + StrictMath.log(normalCdf(sum / StrictMath.sqrt(scale)));
    }

    /** Cumulative standard normal for z of 0 or more: series of Abramowitz and Stegun 26.2.11. */
    private static double normalCdf(double z) {
        double term = z;
        double sum = z;
        for (int i = 1; i < 500 && term > sum * 1e-17; i++) {
            term *= z * z / (2 * i + 1);
            sum += term;
        }
        return 0.5 + sum * StrictMath.exp(-z * z / 2) / StrictMath.sqrt(2 * StrictMath.PI);
    }
}

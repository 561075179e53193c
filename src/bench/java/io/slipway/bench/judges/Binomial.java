package io.slipway.bench.judges;

/** What so many of n say of a probability. */
final class Binomial {
    private Binomial() {}

    /** Clopper and Pearson's one-sided 95 % bound. */
    static double upperBound(int of, int n) {
        double low = 0;
        double high = 1;
        for (int i = 0; i < 60; i++) {
            double p = (low + high) / 2;
            if (atMost(of, n, p) > 0.05) {
                low = p;
            } else {
                high = p;
            }
        }
        return high;
    }

    private static double atMost(int of, int n, double p) {
        double sum = 0;
        double logChoose = 0;
        for (int k = 0; k <= of; k++) {
            double misses = n == k ? 0 : (n - k) * Math.log1p(-p);
            sum += Math.exp(logChoose + k * Math.log(p) + misses);
            logChoose += Math.log((double) (n - k) / (k + 1));
        }
        return sum;
    }
}

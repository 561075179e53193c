package io.slipway.analysis;

/**
 * Ratio of the arms' costs per request, from one pair of values per slot.
 *
 * <p>For a ratio r, each slot gives candidate - r * control. That the mean of these is at most 0 is tested by the t-test's e-process: a
 * normal mixture over the effect size, with the right Haar measure over the unknown scale (Lai 1976; Wang and Ramdas 2024, 'Anytime-valid
 * t-tests', theorem 4.7), so that few slots are not mistaken for a known variance.
 *
 * @param scale by how much the number of slots is divided since they are correlated, 1 or more
 */
record CostTest(CostSums sums, double scale) implements Evidence {
    /** Fewer slots say nothing: at a handful of points, costs are anything but normal. */
    static final int MIN_SLOTS = 12;

    private static final double RHO = NormalMixture.tightestAt(100, 0.003).rho();
    private static final double FAR = 1000;

    @Override
    public double logWorse(double margin, double enough) {
        return log(margin, 1);
    }

    @Override
    public double logBetter(double margin, double enough) {
        return log(margin, -1);
    }

    /** What {@link #logWorse} cannot be above, whatever the scale is. */
    static double atMost(CostSums sums, double margin) {
        double r = 1 + margin;
        double sum = sums.sum1 - r * sums.sum0;
        double square = sums.square1 - 2 * r * sums.product + r * r * sums.square0;
        double explained = square > 0 ? Math.min(1 - 1e-12, sum * sum / (sums.slots * square)) : 0;
        return -sums.slots / 2.0 * StrictMath.log1p(-explained);
    }

    private double log(double margin, int side) {
        double r = 1 + margin;
        double sum = side * (sums.sum1 - r * sums.sum0);
        double square = sums.square1 - 2 * r * sums.product + r * r * sums.square0;
        if (sums.slots < MIN_SLOTS || sum <= 0 || !(square > 0)) {
            return 0;
        }
        double n = sums.slots / scale;
        double mean = sum / sums.slots;
        double meanSquare = square / sums.slots;
        double explained = Math.min(1 - 1e-12, mean * mean * n / ((n + RHO) * meanSquare));
        return 0.5 * StrictMath.log(RHO / (n + RHO)) - n / 2 * StrictMath.log1p(-explained);
    }

    @Override
    public double control() {
        return sums.requests0 == 0 ? Double.NaN : sums.cost0 / sums.requests0;
    }

    @Override
    public double candidate() {
        return sums.requests1 == 0 ? Double.NaN : sums.cost1 / sums.requests1;
    }

    @Override
    public double estimate() {
        return candidate() / control() - 1;
    }

    @Override
    public double low(double enough) {
        return Bisection.last(-1, sums.sum1 / sums.sum0 - 1, d -> logWorse(d, enough) >= enough);
    }

    @Override
    public double high(double enough) {
        double high = -Bisection.last(-FAR, -(sums.sum1 / sums.sum0 - 1), d -> logBetter(-d, enough) >= enough);
        return high >= FAR ? Double.POSITIVE_INFINITY : high;
    }
}

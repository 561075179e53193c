package io.slipway.analysis;

/**
 * Ratio of the arms' costs per request, from one pair of values per slot.
 *
 * <p>For a ratio r, each slot gives g = cost1/requests1 - r * cost0/requests0, times the root of the slot's harmonic request count, so that
 * its variance hardly depends on how many requests the slot had. That the mean of g is at most 0 is tested by the t-test's e-process: a
 * normal mixture over the effect size, with the right Haar measure over the unknown scale (Lai 1976; Wang and Ramdas 2024, 'Anytime-valid
 * t-tests', theorem 4.7), so that few slots are not mistaken for a known variance.
 */
final class CostComparer implements Comparer {
    /** Fewer slots say nothing: at a handful of points, costs are anything but normal. */
    static final int MIN_SLOTS = 12;

    private static final double RHO = NormalMixture.tightestAt(100, 0.003).rho();

    private final Prices prices;
    private final double inheritedDispersion;
    private final Dispersion dispersion = new Dispersion();
    private int slots;
    private double cost0;
    private double requests0;
    private double cost1;
    private double requests1;
    private double sum0;
    private double sum1;
    private double square0;
    private double square1;
    private double product;

    CostComparer(Prices prices, double inheritedDispersion) {
        this.prices = prices;
        this.inheritedDispersion = inheritedDispersion;
    }

    @Override
    public void add(Slot slot) {
        double n0 = slot.control().requests();
        double n1 = slot.candidate().requests();
        if (n0 == 0 || n1 == 0) {
            return;
        }
        double c0 = prices.of(slot.control().cpuSeconds(), slot.control().memoryByteSeconds());
        double c1 = prices.of(slot.candidate().cpuSeconds(), slot.candidate().memoryByteSeconds());
        slots++;
        cost0 += c0;
        requests0 += n0;
        cost1 += c1;
        requests1 += n1;
        double root = StrictMath.sqrt(n0 * n1 / (n0 + n1));
        double u0 = root * c0 / n0;
        double u1 = root * c1 / n1;
        sum0 += u0;
        sum1 += u1;
        square0 += u0 * u0;
        square1 += u1 * u1;
        product += u0 * u1;
        dispersion.add(c1, n1, c0, n0);
    }

    @Override
    public double logWorse(double margin, double enough) {
        return log(margin, 1);
    }

    @Override
    public double logBetter(double margin, double enough) {
        return log(margin, -1);
    }

    private double log(double margin, int side) {
        double r = 1 + margin;
        double sum = side * (sum1 - r * sum0);
        double square = square1 - 2 * r * product + r * r * square0;
        if (slots < MIN_SLOTS || sum <= 0 || !(square > 0)) {
            return 0;
        }
        double n = slots / dispersion();
        double mean = sum / slots;
        double meanSquare = square / slots;
        double explained = Math.min(1 - 1e-12, mean * mean * n / ((n + RHO) * meanSquare));
        return 0.5 * StrictMath.log(RHO / (n + RHO)) - n / 2 * StrictMath.log1p(-explained);
    }

    @Override
    public double control() {
        return requests0 == 0 ? Double.NaN : cost0 / requests0;
    }

    @Override
    public double candidate() {
        return requests1 == 0 ? Double.NaN : cost1 / requests1;
    }

    @Override
    public double estimate() {
        return candidate() / control() - 1;
    }

    @Override
    public double low(double enough) {
        return Bisection.last(-1, sum1 / sum0 - 1, d -> logWorse(d, enough) >= enough);
    }

    @Override
    public double high(double enough) {
        double far = -1000;
        double high = -Bisection.last(far, -(sum1 / sum0 - 1), d -> logBetter(-d, enough) >= enough);
        return high >= -far ? Double.POSITIVE_INFINITY : high;
    }

    @Override
    public double dispersion() {
        return Math.max(inheritedDispersion, dispersion.ratio(dispersion.variance(0)));
    }

    @Override
    public Comparer restarted() {
        return new CostComparer(prices, dispersion());
    }
}

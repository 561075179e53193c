package io.slipway.analysis;

import io.slipway.base.LatencyHistogram;

/**
 * Ratio of the arms' 95th percentiles, from the counts of requests above each bound of the histogram's buckets.
 *
 * <p>If the control's quantile is at the bound b, 5 % of its requests are above it; if the candidate's quantile is at most (1 + m) times
 * the control's, at most 5 % of the candidate's are above (1 + m) b. The product of the evidence against both is a supermartingale for the
 * true b; b is not known, so the least product over all b counts. Only counts are used: no distribution is assumed (as in Howard and
 * Ramdas 2022, but for one quantile, so nothing is paid for others). Counts are interpolated within buckets, so a margin is exact to one
 * bucket, 2 %; for equal arms the interpolation is equal too and cancels.
 */
final class QuantileComparer implements Comparer {
    static final double TAIL = 0.05;
    /** Before there are as many, how uneven latency is from slot to slot is unknown, and nothing is said. */
    static final int MIN_SLOTS = 16;

    private static final double LOG_GROWTH = StrictMath.log(LatencyHistogram.GROWTH);

    private final double inheritedDispersion;
    private final Dispersion dispersion = new Dispersion();
    private final long[] counts0 = new long[LatencyHistogram.BUCKETS];
    private final long[] counts1 = new long[LatencyHistogram.BUCKETS];
    private final Tail tail0 = new Tail();
    private final Tail tail1 = new Tail();
    private int slots;

    QuantileComparer(double inheritedDispersion) {
        this.inheritedDispersion = inheritedDispersion;
    }

    @Override
    public void add(Slot slot) {
        LatencyHistogram control = slot.control().latency();
        LatencyHistogram candidate = slot.candidate().latency();
        slots++;
        control.addTo(counts0);
        candidate.addTo(counts1);
        tail0.count(counts0);
        tail1.count(counts1);
        dispersion.add(
                above(candidate, tail1.quantileBucket(TAIL)),
                candidate.total(),
                above(control, tail0.quantileBucket(TAIL)),
                control.total());
    }

    private static long above(LatencyHistogram h, int bucket) {
        long above = 0;
        for (int i = 0; i < h.bucket().length; i++) {
            above += h.bucket()[i] > bucket ? h.count()[i] : 0;
        }
        return above;
    }

    @Override
    public double logWorse(double margin, double enough) {
        return least(BernoulliEvidence.BELOW, BernoulliEvidence.ABOVE, buckets(margin), enough);
    }

    @Override
    public double logBetter(double margin, double enough) {
        return least(BernoulliEvidence.ABOVE, BernoulliEvidence.BELOW, buckets(margin), enough);
    }

    /** Outside the control's own latencies its evidence is constant and the candidate's falls, so only the far end is left to look at. */
    private double least(BernoulliEvidence ofControl, BernoulliEvidence ofCandidate, double k, double enough) {
        if (slots < MIN_SLOTS || tail0.total() == 0 || tail1.total() == 0) {
            return 0;
        }
        double scale = dispersion();
        double middle = (tail0.quantileBucket(TAIL) + tail1.quantileBucket(TAIL) - k) / 2;
        double least = at(middle, ofControl, ofCandidate, k, scale);
        if (least < enough) {
            return least;
        }
        least = Math.min(least, at(2 * LatencyHistogram.BUCKETS, ofControl, ofCandidate, k, scale));
        least = Math.min(least, at(-2 * LatencyHistogram.BUCKETS, ofControl, ofCandidate, k, scale));
        for (double b = tail0.first() - 1; b <= tail0.last() + 1 && least >= enough; b += 0.5) {
            least = Math.min(least, at(b, ofControl, ofCandidate, k, scale));
        }
        return least;
    }

    private double at(double b, BernoulliEvidence ofControl, BernoulliEvidence ofCandidate, double k, double scale) {
        return BernoulliEvidence.logPair(
                ofControl,
                tail0.above(b) / scale,
                tail0.total() / scale,
                TAIL,
                ofCandidate,
                tail1.above(b + k) / scale,
                tail1.total() / scale,
                TAIL);
    }

    private static double buckets(double relative) {
        return StrictMath.log1p(relative) / LOG_GROWTH;
    }

    private static double relative(double buckets) {
        return StrictMath.expm1(buckets * LOG_GROWTH);
    }

    @Override
    public double control() {
        return tail0.quantileMs(TAIL);
    }

    @Override
    public double candidate() {
        return tail1.quantileMs(TAIL);
    }

    @Override
    public double estimate() {
        return candidate() / control() - 1;
    }

    @Override
    public double low(double enough) {
        double k = Bisection.last(
                -LatencyHistogram.BUCKETS, buckets(estimate()), x -> logWorse(relative(x), enough) >= enough);
        return relative(k);
    }

    @Override
    public double high(double enough) {
        double k = -Bisection.last(
                -LatencyHistogram.BUCKETS, -buckets(estimate()), x -> logBetter(relative(-x), enough) >= enough);
        return k >= LatencyHistogram.BUCKETS ? Double.POSITIVE_INFINITY : relative(k);
    }

    @Override
    public double dispersion() {
        return Math.max(inheritedDispersion, dispersion.ratio(TAIL * (1 - TAIL)));
    }

    @Override
    public Comparer restarted() {
        return new QuantileComparer(dispersion());
    }
}

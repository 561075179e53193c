package io.slipway.analysis;

import io.slipway.base.LatencyHistogram;

/**
 * Ratio of the arms' 95th percentiles, from the counts of requests above each bound of the histogram's buckets.
 *
 * <p>Let the control's quantile lie in bucket b. Then at least 5 % of its requests are above the bucket's lower bound, and if the
 * candidate's quantile is at most 1.02^k times the control's, at most 5 % of the candidate's are above the upper bound of bucket b + k.
 * The product of the evidence against both is a supermartingale for the true b; b is not known, so the least product over all b counts.
 * Only counts are used: no distribution is assumed (as in Howard and Ramdas 2022, but for one quantile, so nothing is paid for others).
 */
final class QuantileComparer implements Comparer {
    static final double TAIL = 0.05;
    private static final double LOG_GROWTH = StrictMath.log(LatencyHistogram.GROWTH);

    private final double inheritedDispersion;
    private final Dispersion dispersion = new Dispersion();
    private final long[] counts0 = new long[LatencyHistogram.BUCKETS];
    private final long[] counts1 = new long[LatencyHistogram.BUCKETS];
    private final Tail tail0 = new Tail();
    private final Tail tail1 = new Tail();

    QuantileComparer(double inheritedDispersion) {
        this.inheritedDispersion = inheritedDispersion;
    }

    @Override
    public void add(Slot slot) {
        LatencyHistogram control = slot.control().latency();
        LatencyHistogram candidate = slot.candidate().latency();
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
        return logWorse((int) StrictMath.ceil(buckets(margin) - 1e-9), enough);
    }

    private double logWorse(int k, double enough) {
        if (tail0.total() == 0 || tail1.total() == 0) {
            return 0;
        }
        double scale = dispersion();
        int middle = (tail0.quantileBucket(TAIL) + tail1.quantileBucket(TAIL) - k) / 2;
        double least = worseAt(middle, k, scale);
        for (int b = firstBucket(k); b <= lastBucket(k) && least >= enough; b++) {
            least = Math.min(least, worseAt(b, k, scale));
        }
        return least;
    }

    private double worseAt(int b, int k, double scale) {
        return BernoulliEvidence.BELOW.log(tail0.above(b - 1) / scale, tail0.total() / scale, TAIL)
                + BernoulliEvidence.ABOVE.log(tail1.above(b + k) / scale, tail1.total() / scale, TAIL);
    }

    /** Counts are interpolated within buckets here, so the margin is exact to one bucket (2 %). */
    @Override
    public double logBetter(double margin, double enough) {
        if (tail0.total() == 0 || tail1.total() == 0) {
            return 0;
        }
        double scale = dispersion();
        double k = buckets(margin);
        double middle = (tail0.quantileBucket(TAIL) + tail1.quantileBucket(TAIL) - k) / 2;
        double least = betterAt(middle, k, scale);
        int last = lastBucket((int) k);
        for (double b = firstBucket((int) k); b <= last && least >= enough; b += 0.5) {
            least = Math.min(least, betterAt(b, k, scale));
        }
        return least;
    }

    private double betterAt(double b, double k, double scale) {
        return BernoulliEvidence.ABOVE.log(tail0.above(b) / scale, tail0.total() / scale, TAIL)
                + BernoulliEvidence.BELOW.log(tail1.above(b + k) / scale, tail1.total() / scale, TAIL);
    }

    private int firstBucket(int k) {
        return Math.min(tail0.first(), tail1.first() - k) - 1;
    }

    private int lastBucket(int k) {
        return Math.max(tail0.last(), tail1.last() - k) + 1;
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
                -LatencyHistogram.BUCKETS, buckets(estimate()), x -> logWorse((int) Math.floor(x), enough) >= enough);
        return relative(Math.floor(k));
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

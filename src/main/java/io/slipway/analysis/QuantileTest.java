package io.slipway.analysis;

import io.slipway.analysis.Alternatives.Side;
import io.slipway.base.LatencyHistogram;

/**
 * Ratio of the arms' 95th percentiles, from the counts of requests above each bound of the histogram's buckets.
 *
 * <p>If the control's quantile is at the bound b, 5 % of its requests are above it; if the candidate's quantile is at most (1 + m) times
 * the control's, at most 5 % of the candidate's are above (1 + m) b. Evidence against both is a supermartingale for the true b; b is not
 * known, so the least over all b counts. Only counts are used: no distribution is assumed (as in Howard and Ramdas 2022, but for one
 * quantile, so nothing is paid for others). Counts are interpolated within buckets, so a margin is exact to one bucket, 2 %; for equal arms
 * the interpolation is equal too and cancels.
 *
 * @param slots in which latencies were seen, before this start too
 * @param scale by how much the counts are divided since they vary more than independent requests would, 1 or more
 * @param ratio of the candidate's to the control's requests, known before they were counted
 */
record QuantileTest(Tail tail0, Tail tail1, int slots, double scale, double ratio) implements Evidence {
    static final double TAIL = 0.05;
    /** Before there are as many, how uneven latency is from slot to slot is unknown, and nothing is said. */
    static final int MIN_SLOTS = 16;

    private static final double LOG_GROWTH = StrictMath.log(LatencyHistogram.GROWTH);
    private static final double FAR = 2.0 * LatencyHistogram.BUCKETS;
    private static final int NEWTON_STEPS = 30;
    private static final double FLAT = 1e-12;

    @Override
    public double logWorse(double margin, double enough) {
        double k = buckets(margin);
        return distance(tail0, tail1) <= k ? 0 : least(Side.WORSE, k, enough);
    }

    @Override
    public double logBetter(double margin, double enough) {
        double k = buckets(margin);
        return distance(tail0, tail1) >= k ? 0 : least(Side.BETTER, k, enough);
    }

    private boolean isEmpty() {
        return slots < MIN_SLOTS || tail0.total() == 0 || tail1.total() == 0;
    }

    /** Of the candidate's quantile from the control's, in buckets; not a number without requests. */
    static double distance(Tail tail0, Tail tail1) {
        return quantile(tail1) - quantile(tail0);
    }

    private static double quantile(Tail tail) {
        return tail.total() == 0 ? Double.NaN : tail.boundOf(TAIL * tail.total());
    }

    private Alternatives.At mixture(Side side) {
        return Alternatives.of(side, ratio).at(TAIL, TAIL);
    }

    /** Outside the control's own latencies its evidence is constant and the candidate's falls, so only the far ends are left to look at. */
    private double least(Side side, double k, double enough) {
        if (isEmpty()) {
            return 0;
        }
        Alternatives.At mixture = mixture(side);
        double least = at(mixture, between(tail0, tail1, k), k);
        least = Math.min(least, at(mixture, FAR, k));
        least = Math.min(least, at(mixture, -FAR, k));
        for (double b = tail0.first() - 1; b <= tail0.last() + 1 && least >= enough; b += 0.5) {
            if (!tail0.isFlat(b) && !reaches(mixture, b, k, enough)) {
                least = Math.min(least, at(mixture, b, k));
            }
        }
        return least;
    }

    private static double between(Tail tail0, Tail tail1, double k) {
        return (quantile(tail0) + quantile(tail1) - k) / 2;
    }

    /** What {@link #logWorse} cannot be above, whatever the scale is. */
    static double atMost(Tail tail0, Tail tail1, double margin) {
        double k = buckets(margin);
        double b = between(tail0, tail1, k);
        return Alternatives.logAtMost(tail0.above(b), tail0.total(), TAIL, tail1.above(b + k), tail1.total(), TAIL);
    }

    private double at(Alternatives.At mixture, double b, double k) {
        return log(mixture, tail0.above(b), tail1.above(b + k));
    }

    private boolean reaches(Alternatives.At mixture, double b, double k, double enough) {
        return mixture.reaches(
                tail0.above(b) / scale,
                tail0.total() / scale,
                tail1.above(b + k) / scale,
                tail1.total() / scale,
                enough);
    }

    private double log(Alternatives.At mixture, double above0, double above1) {
        return mixture.log(above0 / scale, tail0.total() / scale, above1 / scale, tail1.total() / scale);
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

    /**
     * For each bound b there is a least number of the candidate's requests that would be evidence enough; as many lie above b + k for k up to
     * some size. The least of these sizes is excluded for every b.
     */
    @Override
    public double low(double enough) {
        if (isEmpty()) {
            return -1;
        }
        Alternatives.At mixture = mixture(Side.WORSE);
        double needed = tail1.total();
        double k = Double.POSITIVE_INFINITY;
        for (double b = tail0.first() - 1; b <= tail0.last() + 1 && needed > 0; b += 0.5) {
            if (!tail0.isFlat(b)) {
                needed = crossing(mixture, tail0.above(b), needed, enough);
                k = needed > 0 ? Math.min(k, tail1.boundOf(needed) - b) : k;
            }
            if (needed > tail1.total()) {
                return -1;
            }
        }
        return needed > 0 && log(mixture, 0, 0) < enough ? -1 : relative(k);
    }

    /** As {@link #low}, with the largest number of the candidate's requests that would be evidence enough. */
    @Override
    public double high(double enough) {
        if (isEmpty()) {
            return Double.POSITIVE_INFINITY;
        }
        Alternatives.At mixture = mixture(Side.BETTER);
        double allowed = 0;
        double k = Double.NEGATIVE_INFINITY;
        for (double b = tail0.last() + 1; b >= tail0.first() - 1 && allowed < tail1.total(); b -= 0.5) {
            if (tail0.isFlat(b - 0.5)) {
                continue;
            }
            allowed = crossing(mixture, tail0.above(b), allowed, enough);
            if (allowed < 0) {
                return Double.POSITIVE_INFINITY;
            }
            k = Math.max(k, tail1.boundOf(allowed) - b);
        }
        return relative(k);
    }

    /**
     * Where the evidence, a convex function of the candidate's count, passes {@code enough}. Newton's method from the side where it is larger never
     * oversteps; the root moves away from the one of the bound before, so that one is on that side or close to it.
     */
    private double crossing(Alternatives.At mixture, double above0, double from, double enough) {
        double x = from;
        for (int i = 0; i < NEWTON_STEPS; i++) {
            double beyond = log(mixture, above0, x) - enough;
            double slope = mixture.slopeOfHits1();
            if (Math.abs(slope) < FLAT) {
                // The control alone decides: it is enough with any count, or with none.
                return (beyond >= 0) == mixture.isOfWorse() ? -1 : tail1.total() + 1;
            }
            double step = beyond * scale / slope;
            x -= step;
            if (!(x > -1 && x < tail1.total() + 1)) {
                return x > 0 ? tail1.total() + 1 : -1;
            }
            if (Math.abs(step) < 1e-5 * tail1.total()) {
                break;
            }
        }
        return x;
    }

    static double buckets(double relative) {
        return StrictMath.log1p(relative) / LOG_GROWTH;
    }

    private static double relative(double buckets) {
        return StrictMath.expm1(buckets * LOG_GROWTH);
    }
}

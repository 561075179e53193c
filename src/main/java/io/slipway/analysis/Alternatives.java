package io.slipway.analysis;

/**
 * Evidence against 'the control's rate is p0 and the candidate's is p1', from counts: a finite mixture of likelihood ratios, in which the
 * control lies on one side of p0 and the candidate on the other side of p1.
 *
 * <p>With independent trials each ratio {@code (1 + p (k - 1))^-n k^x}, k being the factor on the odds, is a non-negative martingale that
 * starts at 1; the arms serve different requests, so the products are martingales too, and so is every mixture of them. By Ville's
 * inequality it ever reaches 1/a with probability at most a, however often one looks (Robbins 1970; Howard, Ramdas, McAuliffe and Sekhon
 * 2021, section 3).
 *
 * <p>Most of the weight is on pairs. Of all rates that respect the hypothesis, those that explain the counts best are moved towards each other
 * so far that {@code n0 (q0 - p0) / (p0 (1 - p0)) = n1 (p1 - q1) / (p1 (1 - p1))}: for small rates, the control's relative distance s0 is n1/n0
 * times the candidate's s1. Pairs are laid out like that, at odds of 1 - s0 and 1 + s1 times the bounds'. The rest of the weight is on either arm
 * alone: it carries the evidence when the ratio of the requests is not what it was taken for.
 */
final class Alternatives {
    /** Mean of both arms' relative distances: the geometric grid loses less than a tenth of the evidence between two of its points. */
    private static final double[] DISTANCE = {0.06, 0.12, 0.24, 0.42, 0.7, 1.2, 2.6, 6, 18, 50};

    /** Middling effects are the likeliest, and those for which a quick verdict matters. */
    private static final double[] SHARE = {0.03, 0.09, 0.16, 0.18, 0.17, 0.13, 0.1, 0.07, 0.04, 0.03};

    private static final int SIZE = DISTANCE.length;
    /** Least factor on the odds: next to 'never'. */
    private static final double FACTOR_MIN = 0.03;
    /** What is further below the largest term adds less than the last bit. */
    private static final double NEGLIGIBLE = 38;
    /** Ratios are rounded to powers of the fourth root of two. */
    private static final int STEPS = 4;

    private static final int STEPS_MAX = 40;
    private static final Alternatives[] WORSE = known(Side.WORSE);
    private static final Alternatives[] BETTER = known(Side.BETTER);

    private final double[] factor0 = new double[SIZE];
    private final double[] factor1 = new double[SIZE];
    private final double[] log0 = new double[SIZE];
    private final double[] log1 = new double[SIZE];
    private final double[] weight = new double[3 * SIZE];
    private final double[] tailCost0;
    private final double[] tailCost1;

    /** What is claimed of the candidate. */
    enum Side {
        WORSE(1, 0.9, 0.05),
        /** Most often shown by no errors at all, which only the candidate's own bound makes evidence of. */
        BETTER(-1, 0.56, 0.04);

        private final int sign;
        private final double pairs;
        private final double controlAlone;

        Side(int sign, double pairs, double controlAlone) {
            this.sign = sign;
            this.pairs = pairs;
            this.controlAlone = controlAlone;
        }
    }

    private Alternatives(Side side, double ratio) {
        double[] of = {side.pairs, side.controlAlone, 1 - side.pairs - side.controlAlone};
        for (int j = 0; j < SIZE; j++) {
            double distance0 = -side.sign * DISTANCE[j] * 2 * ratio / (1 + ratio);
            double distance1 = side.sign * DISTANCE[j] * 2 / (1 + ratio);
            factor0[j] = Math.max(FACTOR_MIN, 1 + distance0) - 1;
            factor1[j] = Math.max(FACTOR_MIN, 1 + distance1) - 1;
            log0[j] = StrictMath.log1p(factor0[j]);
            log1[j] = StrictMath.log1p(factor1[j]);
            for (int kind = 0; kind < 3; kind++) {
                weight[kind * SIZE + j] = StrictMath.log(SHARE[j] * of[kind]);
            }
        }
        tailCost0 = cost(factor0, QuantileTest.TAIL);
        tailCost1 = cost(factor1, QuantileTest.TAIL);
    }

    /** @param ratio of the candidate's to the control's requests, known before they were counted; above 0 */
    static Alternatives of(Side side, double ratio) {
        double step = StrictMath.rint(StrictMath.log(ratio) / StrictMath.log(2) * STEPS);
        Alternatives[] known = side == Side.WORSE ? WORSE : BETTER;
        return known[(int) Math.clamp(step, -STEPS_MAX, STEPS_MAX) + STEPS_MAX];
    }

    private static Alternatives[] known(Side side) {
        Alternatives[] known = new Alternatives[2 * STEPS_MAX + 1];
        for (int i = 0; i < known.length; i++) {
            known[i] = new Alternatives(side, StrictMath.pow(2, (double) (i - STEPS_MAX) / STEPS));
        }
        return known;
    }

    /** Natural logarithm of the evidence. Counts need not be whole: overdispersed ones are scaled down. */
    double log(double hits0, double trials0, double p0, double hits1, double trials1, double p1) {
        return at(p0, p1).log(hits0, trials0, hits1, trials1);
    }

    /** The mixture for one pair of bounds, to be asked for many counts. */
    At at(double p0, double p1) {
        if (p0 == QuantileTest.TAIL && p1 == QuantileTest.TAIL) {
            return new At(p0, p1, tailCost0, tailCost1);
        }
        return new At(p0, p1, cost(factor0, p0), cost(factor1, p1));
    }

    private static double[] cost(double[] factor, double p) {
        double[] cost = new double[SIZE];
        for (int j = 0; j < SIZE; j++) {
            cost[j] = StrictMath.log1p(p * factor[j]);
        }
        return cost;
    }

    /**
     * No mixture is more evidence than the likeliest rates are: an upper bound of {@link #log}, many times as quick. Sides are not looked at, so it is
     * far above where the counts speak for the hypothesis.
     */
    static double logAtMost(double hits0, double trials0, double p0, double hits1, double trials1, double p1) {
        return trials0 * divergence(hits0 / trials0, p0) + trials1 * divergence(hits1 / trials1, p1);
    }

    /** Kullback and Leibler's, of two events' probabilities. */
    private static double divergence(double q, double p) {
        double hit = q <= 0 ? 0 : q * StrictMath.log(q / p);
        return q >= 1 ? hit : hit + (1 - q) * StrictMath.log((1 - q) / (1 - p));
    }

    /** Terms of the mixture in the order pairs, control alone, candidate alone. */
    final class At {
        private final double p0;
        private final double p1;
        private final double[] cost0;
        private final double[] cost1;
        private final double[] term = new double[3 * SIZE];

        private At(double p0, double p1, double[] cost0, double[] cost1) {
            this.p0 = p0;
            this.p1 = p1;
            this.cost0 = cost0;
            this.cost1 = cost1;
        }

        double log(double hits0, double trials0, double hits1, double trials1) {
            double max = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < SIZE; j++) {
                double a = hits0 * log0[j] - trials0 * cost0[j];
                double b = hits1 * log1[j] - trials1 * cost1[j];
                term[j] = weight[j] + a + b;
                term[SIZE + j] = weight[SIZE + j] + a;
                term[2 * SIZE + j] = weight[2 * SIZE + j] + b;
                max = Math.max(max, Math.max(term[j], Math.max(term[SIZE + j], term[2 * SIZE + j])));
            }
            double sum = 0;
            for (int i = 0; i < term.length; i++) {
                term[i] = term[i] < max - NEGLIGIBLE ? 0 : StrictMath.exp(term[i] - max);
                sum += term[i];
            }
            return max + StrictMath.log(sum);
        }

        /** Whether already one alternative is evidence enough: quicker than {@link #log}, and true only if that is enough. */
        boolean reaches(double hits0, double trials0, double hits1, double trials1, double enough) {
            for (int j = SIZE - 1; j >= 0; j--) {
                double a = hits0 * log0[j] - trials0 * cost0[j];
                double b = hits1 * log1[j] - trials1 * cost1[j];
                if (weight[j] + a + b >= enough
                        || weight[SIZE + j] + a >= enough
                        || weight[2 * SIZE + j] + b >= enough) {
                    return true;
                }
            }
            return false;
        }

        boolean isOfWorse() {
            return log1[0] > 0;
        }

        /** After {@link #log}: how it changes with the candidate's hits. */
        double slopeOfHits1() {
            double sum = 0;
            double slope = 0;
            for (int j = 0; j < SIZE; j++) {
                sum += term[j] + term[SIZE + j] + term[2 * SIZE + j];
                slope += (term[j] + term[2 * SIZE + j]) * log1[j];
            }
            return slope / sum;
        }

        /** After {@link #log}: first and second derivative when both bounds move together; the second is never negative. */
        double[] slopeOfBounds(double trials0, double trials1) {
            double sum = 0;
            double slope = 0;
            double square = 0;
            double curve = 0;
            for (int j = 0; j < SIZE; j++) {
                double a = factor0[j] / (1 + p0 * factor0[j]);
                double b = factor1[j] / (1 + p1 * factor1[j]);
                double[] first = {-trials0 * a - trials1 * b, -trials0 * a, -trials1 * b};
                double[] second = {trials0 * a * a + trials1 * b * b, trials0 * a * a, trials1 * b * b};
                for (int kind = 0; kind < 3; kind++) {
                    double t = term[kind * SIZE + j];
                    sum += t;
                    slope += t * first[kind];
                    square += t * first[kind] * first[kind];
                    curve += t * second[kind];
                }
            }
            slope /= sum;
            return new double[] {slope, Math.max(0, curve / sum + square / sum - slope * slope)};
        }
    }
}

package io.slipway.analysis;

/**
 * Evidence against a bound on a rate, from counts: a finite mixture of likelihood ratios over alternatives on one side of the bound.
 *
 * <p>For independent trials whose rate respects the bound, each ratio is a non-negative supermartingale that starts at 1, and so is
 * their mixture; by Ville's inequality it ever reaches 1/a with probability at most a, however often one looks (Robbins 1970;
 * Howard, Ramdas, McAuliffe and Sekhon 2021, section 3). Alternatives are multiples of the bound's odds.
 */
enum BernoulliEvidence {
    /** Evidence that the rate is above the bound. */
    ABOVE(1.05, 1.1, 1.2, 1.35, 1.6, 2, 3, 5, 10, 30, 100),
    /** Evidence that the rate is below the bound; the last alternative is 'never'. */
    BELOW(0.95, 0.91, 0.84, 0.75, 0.63, 0.5, 0.33, 0.2, 0.1, 0.03, 0);

    /** Weight of the alternative 'never': no errors at all is what most healthy services show. */
    private static final double NEVER = 0.25;

    private static final int SIZE = 11;
    private static final double LOG_EVEN = -StrictMath.log(SIZE);
    private static final double LOG_HALF = StrictMath.log(0.5);

    private final double[] odds;
    private final double[] logOdds = new double[SIZE];
    private final double[] logWeight = new double[SIZE];

    BernoulliEvidence(double... odds) {
        this.odds = odds;
        boolean never = odds[SIZE - 1] == 0;
        for (int i = 0; i < SIZE; i++) {
            logOdds[i] = StrictMath.log(odds[i]);
            double even = never ? (1 - NEVER) / (SIZE - 1) : 1.0 / SIZE;
            logWeight[i] = StrictMath.log(never && i == SIZE - 1 ? NEVER : even);
        }
    }

    /**
     * Natural logarithm of the evidence.
     *
     * @param hits events counted, need not be whole: overdispersed counts are scaled down
     * @param trials requests counted
     * @param bound the rate's bound, 0 to 1
     */
    double log(double hits, double trials, double bound) {
        double[] terms = ratios(hits, trials, bound);
        for (int i = 0; i < SIZE; i++) {
            terms[i] += logWeight[i];
        }
        return logSum(terms);
    }

    /**
     * Evidence against 'the control respects its bound and the candidate respects its own': half of the weight on the product of both
     * arms' mixtures, half on alternatives that lie as far on either side, which is what equal arms usually show.
     */
    static double logPair(
            BernoulliEvidence ofControl,
            double hits0,
            double trials0,
            double bound0,
            BernoulliEvidence ofCandidate,
            double hits1,
            double trials1,
            double bound1) {
        double[] terms0 = ofControl.ratios(hits0, trials0, bound0);
        double[] terms1 = ofCandidate.ratios(hits1, trials1, bound1);
        double[] both = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            both[i] = terms0[i] + terms1[i] + LOG_EVEN;
            terms0[i] += ofControl.logWeight[i];
            terms1[i] += ofCandidate.logWeight[i];
        }
        return logSum(LOG_HALF + logSum(both), LOG_HALF + logSum(terms0) + logSum(terms1));
    }

    private double[] ratios(double hits, double trials, double bound) {
        double within = Math.min(1, Math.max(0, bound));
        double[] ratios = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            double fromHits = hits == 0 ? 0 : hits * logOdds[i];
            ratios[i] = odds[i] == 0 && hits > 0
                    ? Double.NEGATIVE_INFINITY
                    : fromHits - trials * StrictMath.log1p(within * (odds[i] - 1));
        }
        return ratios;
    }

    private static double logSum(double... terms) {
        double max = Double.NEGATIVE_INFINITY;
        for (double t : terms) {
            max = Math.max(max, t);
        }
        if (Double.isInfinite(max)) {
            return max;
        }
        double sum = 0;
        for (double t : terms) {
            sum += t < max - 40 ? 0 : StrictMath.exp(t - max);
        }
        return max + StrictMath.log(sum);
    }
}

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
    /** Evidence that the rate is below the bound; the first alternative is 'never'. */
    BELOW(0, 0.05, 0.15, 0.3, 0.45, 0.6, 0.75, 0.85, 0.92, 0.96);

    /** Weight of the alternative 'never': no errors at all is what most healthy services show. */
    private static final double NEVER = 0.25;

    private final double[] odds;
    private final double[] logOdds;
    private final double[] logWeight;

    BernoulliEvidence(double... odds) {
        this.odds = odds;
        logOdds = new double[odds.length];
        logWeight = new double[odds.length];
        boolean never = odds[0] == 0;
        for (int i = 0; i < odds.length; i++) {
            logOdds[i] = StrictMath.log(odds[i]);
            double weight = never ? (i == 0 ? NEVER : (1 - NEVER) / (odds.length - 1)) : 1.0 / odds.length;
            logWeight[i] = StrictMath.log(weight);
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
        if (bound <= 0) {
            return this == ABOVE && hits > 0 ? Double.POSITIVE_INFINITY : 0;
        }
        if (bound >= 1) {
            return this == BELOW && hits < trials ? Double.POSITIVE_INFINITY : 0;
        }
        double max = Double.NEGATIVE_INFINITY;
        double sum = 0;
        for (int i = 0; i < odds.length; i++) {
            double term = logWeight[i] + logRatio(i, hits, trials, bound);
            if (term > max) {
                sum = sum * StrictMath.exp(max - term) + 1;
                max = term;
            } else if (term > max - 40) {
                sum += StrictMath.exp(term - max);
            }
        }
        return max + StrictMath.log(sum);
    }

    private double logRatio(int i, double hits, double trials, double bound) {
        double fromHits = hits == 0 ? 0 : hits * logOdds[i];
        return fromHits - trials * StrictMath.log1p(bound * (odds[i] - 1));
    }
}

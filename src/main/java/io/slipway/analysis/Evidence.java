package io.slipway.analysis;

/**
 * What one metric of both arms shows since one moment. Evidence is the natural logarithm of an e-process: it reaches ln(1/a) with probability
 * at most a if the hypothesis that it speaks against is true, over all looks together.
 */
interface Evidence {
    /** That the candidate is worse than the control by more than {@code margin}: {@code enough} or more if it is, if not less; else not exact. */
    double logWorse(double margin, double enough);

    /** That the candidate is worse by less than {@code margin}; so exact as that. */
    double logBetter(double margin, double enough);

    double control();

    double candidate();

    /** Difference in the condition's terms. */
    double estimate();

    /** Largest difference that is excluded from below with evidence {@code enough}. */
    double low(double enough);

    /** Smallest difference that is excluded from above with evidence {@code enough}. */
    double high(double enough);

    /** How much more the metric varies than independent requests would, 1 or more. */
    double scale();
}

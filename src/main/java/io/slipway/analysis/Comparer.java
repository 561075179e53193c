package io.slipway.analysis;

/**
 * One metric of both arms since one moment. Evidence is the natural logarithm of an e-process: it reaches ln(1/a) with probability at
 * most a if the hypothesis it speaks against is true, over all looks together.
 */
interface Comparer {
    void add(Slot slot);

    /** Evidence that the candidate is worse than the control by more than {@code margin}; may stop early below {@code enough}. */
    double logWorse(double margin, double enough);

    /** Evidence that the candidate is worse by less than {@code margin}. */
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
    double dispersion();

    /** A comparer of the same metric that begins now and knows how much the metric varied up to now. */
    Comparer restarted();
}

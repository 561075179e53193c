package io.slipway.analysis;

/**
 * How much the difference between the arms varies, as sums over batches of 1, 4, 16, ... slots (batch means: Law, Simulation Modeling and
 * Analysis, 9.5.3). Sums of stretches add up. What both arms share (daily cycle, a slow dependency) cancels in the difference.
 */
final class Variation {
    /** Batches of 4^s slots. */
    static final int SCALES = 6;

    static final int MIN_BATCHES = 8;

    /** Standard errors beyond which a ratio is believed. */
    private static final double BELIEVED = 1.25;

    /** By how much less of it is asked for at full correlation: noise that is missed then counts many times over, noise that is made up costs time only. */
    private static final double CREDULOUS = 0.4;

    /** Standard errors beyond what is seen that noise is not excluded. */
    private static final double EXCLUDED = 2;

    /** Slots after which noise is known well enough. */
    private static final int KNOWN = 30;

    private static final int SUMS = 5;
    /** From batches of so many slots on, steps show enough of correlated noise to be extended. */
    private static final int LONG = 1;

    private final int[] batches = new int[SCALES];
    private final int[] steps = new int[SCALES];
    /** Per scale: weights, weighted differences, weighted squares, squares of steps from one batch to the next, the largest of these. */
    private final double[] sums = new double[SUMS * SCALES];

    /** One batch's difference between the arms; {@code w} is what its variance is divided by if requests are independent. */
    void add(int scale, double difference, double w) {
        batches[scale]++;
        sums[SUMS * scale] += w;
        sums[SUMS * scale + 1] += w * difference;
        sums[SUMS * scale + 2] += w * difference * difference;
    }

    /** The change from one batch to the next; {@code w} as for their difference. */
    void addStep(int scale, double change, double w) {
        steps[scale]++;
        double square = w * change * change;
        sums[SUMS * scale + 3] += square;
        sums[SUMS * scale + 4] = Math.max(sums[SUMS * scale + 4], square);
    }

    void add(Variation other) {
        for (int s = 0; s < SCALES; s++) {
            batches[s] += other.batches[s];
            steps[s] += other.steps[s];
        }
        for (int i = 0; i < sums.length; i++) {
            sums[i] = i % SUMS == 4 ? Math.max(sums[i], other.sums[i]) : sums[i] + other.sums[i];
        }
    }

    int batches(int scale) {
        return batches[scale];
    }

    /** Mean of what a slot's variance is divided by. */
    double meanWeight() {
        return batches[0] == 0 ? 0 : sums[0] / batches[0];
    }

    /** Variance of one trial as the batches of 4^s slots show it. */
    double variance(int s) {
        double weight = sums[SUMS * s];
        double sum = sums[SUMS * s + 1];
        return batches[s] < 2 || !(weight > 0)
                ? 0
                : Math.max(0, sums[SUMS * s + 2] - sum * sum / weight) / (batches[s] - 1);
    }

    /** The same from the steps between neighbouring batches, which a slow drift hardly adds to (von Neumann 1941). */
    private double varianceOfSteps(int s) {
        return steps[s] == 0 ? 0 : sums[SUMS * s + 3] / steps[s];
    }

    /**
     * Without the largest step, which may be the regression: what is left is made up for its share, the mean of the largest of n squares of normal
     * values being 2 ln n - 0.9 at most.
     */
    private double varianceOfOtherSteps(int s) {
        double others = sums[SUMS * s + 3] - sums[SUMS * s + 4];
        return others / (steps[s] - (2 * StrictMath.log(steps[s]) - 0.9));
    }

    /** Whether noise was seen for so long that what comes later is told by steps. */
    boolean isLong() {
        return batches[0] >= KNOWN;
    }

    /** Correlation of neighbouring slots; what few slots hide of it is added (Kendall's correction, and one standard error). */
    double correlation() {
        double variance = variance(0);
        if (!(variance > 0) || steps[0] == 0) {
            return 0;
        }
        double seen = Math.clamp(1 - varianceOfSteps(0) / variance, 0, 1);
        double error = StrictMath.sqrt((1 - seen * seen) / batches[0]);
        return Math.clamp(seen + (1 + 3 * seen) / batches[0] + error, 0, 0.95);
    }

    /**
     * By how much the variance that batches of each length show is beyond the one expected, relative to it. Few batches estimate badly, so what
     * is beyond by about its standard error is not believed, and less than {@link #MIN_BATCHES} show nothing.
     */
    double[] excess(double expectedVariance, double correlation) {
        double[] excess = new double[SCALES];
        for (int s = 0; s < SCALES && batches[s] >= MIN_BATCHES && expectedVariance > 0; s++) {
            double error = StrictMath.sqrt(2.0 / (batches[s] - 1));
            double seen = variance(s) / expectedVariance - 1;
            excess[s] = believed(seen, error, correlation);
            if (excess[s] > 0) {
                // As far as it is believed: chance alone hides nothing.
                excess[s] *= 1 + (hidden(correlation, s) - 1) * excess[s] / seen;
            }
        }
        return excess;
    }

    /** Batches deviate from their own mean, which moves with correlated noise: by how much its variance is larger than it looks while it is seen for a short time. */
    private double hidden(double correlation, int s) {
        double perBatch = inflation(correlation, length(s));
        double taken = inflation(correlation, (double) batches[s] * length(s)) / (batches[s] * perBatch);
        return 1 / (1 - taken);
    }

    /**
     * By how much the variance of the mean of {@code slots} slots exceeds the one expected, 1 at least: the largest over the batch lengths. What
     * batches show is extended to so many slots as if it were correlated: what they are too short to show must not pass for evidence.
     *
     * @param correlation of neighbouring slots that noise is taken to have, below 1
     */
    static double ratio(double[] excess, double correlation, int slots) {
        double most = 0;
        double longest = 0;
        for (int s = 0; s < SCALES; s++) {
            if (excess[s] == 0) {
                continue;
            }
            double extended = excess[s] * inflation(correlation, slots) / inflation(correlation, length(s));
            longest = excess[s] > 0 && length(s) <= slots ? extended : longest;
            most = Math.max(most, length(s) <= slots ? excess[s] : extended);
        }
        return 1 + Math.max(most, longest);
    }

    double ratio(double expectedVariance, double correlation, int slots) {
        return ratio(excess(expectedVariance, correlation), correlation, slots);
    }

    /** The same by the steps between batches. Single slots show too little of correlated noise to be extended. */
    double ratioOfSteps(double expectedVariance, double correlation, int slots) {
        double most = 0;
        double longest = 0;
        for (int s = 0; s < SCALES && steps[s] >= MIN_BATCHES && expectedVariance > 0; s++) {
            double excess = believed(
                    varianceOfOtherSteps(s) / expectedVariance - 1, StrictMath.sqrt(3.0 / steps[s]), correlation);
            if (s >= LONG) {
                longest = excess == 0 ? 0 : excess * inflation(correlation, slots) / shownBySteps(correlation, s);
            }
            most = Math.max(most, excess);
        }
        return 1 + Math.max(most, longest);
    }

    /**
     * The share of noise of a guessed size that the steps do not exclude; 1 at most. Even correlated noise shows from one batch to the next where it
     * is large beside what counting explains.
     *
     * @param guessed excess of a slot's variance, relative to the expected one
     */
    double notExcluded(double expectedVariance, double guessed, double correlation) {
        double share = 1;
        for (int s = 0; s < SCALES && steps[s] >= MIN_BATCHES && expectedVariance > 0 && guessed > 0; s++) {
            double seen = Math.max(0, varianceOfOtherSteps(s) / expectedVariance - 1);
            double most = seen + EXCLUDED * StrictMath.sqrt(3.0 / steps[s]);
            share = Math.min(share, most / (guessed * shownBySteps(correlation, s)));
        }
        return share;
    }

    /** Half the mean square of the step between neighbouring batches, for correlated noise whose slots have variance 1. */
    private static double shownBySteps(double correlation, int s) {
        return 2 * inflation(correlation, length(s)) - inflation(correlation, 2.0 * length(s));
    }

    private static int length(int scale) {
        return 1 << (2 * scale);
    }

    /** Shrinks what chance alone could show, and leaves what it could not (the positive part of James and Stein's estimator). */
    private static double believed(double excess, double error, double correlation) {
        double chance = BELIEVED * error * (1 - CREDULOUS * correlation);
        return excess <= chance ? 0 : excess - chance * chance / excess;
    }

    /** By how much the variance of the mean of {@code slots} slots exceeds that of independent ones, at correlation r. */
    static double inflation(double r, double slots) {
        return r == 0 ? 1 : inflated(r, slots);
    }

    private static double inflated(double r, double slots) {
        return (1 + r) / (1 - r) - 2 * r * (1 - StrictMath.pow(r, slots)) / (slots * (1 - r) * (1 - r));
    }
}

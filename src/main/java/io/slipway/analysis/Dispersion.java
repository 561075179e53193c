package io.slipway.analysis;

/**
 * How much more the difference between the arms varies than independent requests would: batch means over batches of 1, 2, 4, ... slots
 * (Law and Kelton, Simulation Modeling and Analysis, 9.5.3). What both arms share (daily cycle, a slow dependency) cancels. Bounded state.
 */
final class Dispersion {
    private static final int SCALES = 12;
    static final int MIN_BATCHES = 8;

    private static final double[] UNSEEN = unseen(0.9);

    private final double[] hits1 = new double[SCALES];
    private final double[] trials1 = new double[SCALES];
    private final double[] hits0 = new double[SCALES];
    private final double[] trials0 = new double[SCALES];
    private final int[] filled = new int[SCALES];
    private final int[] batches = new int[SCALES];
    private final double[] weight = new double[SCALES];
    private final double[] sum = new double[SCALES];
    private final double[] square = new double[SCALES];

    /** One slot's counts; the candidate's first. Values need not be whole: costs are hits with requests as trials. */
    void add(double hitsCandidate, double trialsCandidate, double hitsControl, double trialsControl) {
        for (int s = 0; s < SCALES; s++) {
            hits1[s] += hitsCandidate;
            trials1[s] += trialsCandidate;
            hits0[s] += hitsControl;
            trials0[s] += trialsControl;
            if (++filled[s] == 1 << s) {
                close(s);
            }
        }
    }

    private void close(int s) {
        if (trials1[s] > 0 && trials0[s] > 0) {
            double difference = hits1[s] / trials1[s] - hits0[s] / trials0[s];
            double w = trials1[s] * trials0[s] / (trials1[s] + trials0[s]);
            batches[s]++;
            weight[s] += w;
            sum[s] += w * difference;
            square[s] += w * difference * difference;
        }
        hits1[s] = 0;
        trials1[s] = 0;
        hits0[s] = 0;
        trials0[s] = 0;
        filled[s] = 0;
    }

    /** Variance of one trial as the batches of 2^s slots show it. */
    double variance(int s) {
        return batches[s] < 2 ? 0 : Math.max(0, square[s] - sum[s] * sum[s] / weight[s]) / (batches[s] - 1);
    }

    /**
     * Largest ratio over the batch lengths of the variance seen to the one expected, 1 at least. Few batches estimate badly, so a ratio is
     * first divided by one plus its own standard error. What the longest batches show beyond 1 is taken to be correlated from slot to slot
     * by 0.9 and extended to endless batches: correlation that batches are too short to show must not pass for evidence.
     */
    double ratio(double expectedVariance) {
        double ratio = 1;
        double longest = 1;
        int scale = 0;
        for (int s = 0; s < SCALES && batches[s] >= MIN_BATCHES && expectedVariance > 0; s++) {
            double noise = 1 + StrictMath.sqrt(2.0 / (batches[s] - 1));
            longest = variance(s) / expectedVariance / noise;
            ratio = Math.max(ratio, longest);
            scale = s;
        }
        return Math.max(ratio, 1 + Math.max(0, longest - 1) * UNSEEN[scale]);
    }

    /** By how much the variance of an endless batch's mean exceeds that of 2^s slots, times the length, at correlation r. */
    private static double[] unseen(double r) {
        double[] unseen = new double[SCALES];
        for (int s = 0; s < SCALES; s++) {
            int length = 1 << s;
            double seen = (1 + r) / (1 - r) - 2 * r * (1 - StrictMath.pow(r, length)) / (length * (1 - r) * (1 - r));
            unseen[s] = (1 + r) / (1 - r) / seen;
        }
        return unseen;
    }
}

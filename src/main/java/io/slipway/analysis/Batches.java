package io.slipway.analysis;

import java.util.function.IntFunction;

/**
 * The batches of slots that are being filled. A full one counts where it began, so that a start of the comparison knows of none that reaches
 * back beyond it, and among all batches when it ends.
 */
final class Batches {
    private final double[] hits0 = new double[Variation.SCALES];
    private final double[] trials0 = new double[Variation.SCALES];
    private final double[] hits1 = new double[Variation.SCALES];
    private final double[] trials1 = new double[Variation.SCALES];
    private final int[] block = new int[Variation.SCALES];
    private final double[] lastDifference = new double[Variation.SCALES];
    private final double[] lastWeight = new double[Variation.SCALES];
    private int slots;

    /** One slot's counts. Values need not be whole: costs are hits with requests as trials. */
    void add(
            double control,
            double controlTrials,
            double candidate,
            double candidateTrials,
            int inBlock,
            IntFunction<Variation> of,
            Variation all) {
        slots++;
        for (int s = 0; s < Variation.SCALES; s++) {
            hits0[s] += control;
            trials0[s] += controlTrials;
            hits1[s] += candidate;
            trials1[s] += candidateTrials;
            if (slots % (1 << (2 * s)) == (s == 0 ? 0 : 1)) {
                block[s] = inBlock;
            }
            if (slots % (1 << (2 * s)) == 0) {
                close(s, of.apply(block[s]), all);
            }
        }
    }

    private void close(int s, Variation to, Variation all) {
        if (trials0[s] > 0 && trials1[s] > 0) {
            double difference = hits1[s] / trials1[s] - hits0[s] / trials0[s];
            double weight = trials0[s] * trials1[s] / (trials0[s] + trials1[s]);
            to.add(s, difference, weight);
            all.add(s, difference, weight);
            if (lastWeight[s] > 0) {
                double w = weight * lastWeight[s] / (weight + lastWeight[s]);
                to.addStep(s, difference - lastDifference[s], w);
                all.addStep(s, difference - lastDifference[s], w);
            }
            lastDifference[s] = difference;
            lastWeight[s] = weight;
        }
        hits0[s] = 0;
        trials0[s] = 0;
        hits1[s] = 0;
        trials1[s] = 0;
    }
}

package io.slipway.analysis;

import io.slipway.release.StopCondition;
import java.util.List;

/**
 * What a comparison is judged by. All of it is declared before the comparison begins.
 *
 * @param alpha false-revert probability of all looks of the whole comparison together, over all relative conditions; in (0, 0.5]
 * @param minRequests requests that each arm must have answered before anything is called healthy
 * @param noise how uneven arms of the same revision were before the comparison
 * @param control false: there is no control arm, so only absolute conditions are judged
 */
public record JudgeSpec(
        List<StopCondition> stopConditions,
        Prices prices,
        double alpha,
        long minRequests,
        boolean control,
        Noise noise) {
    public static final double DEFAULT_ALPHA = 0.01;

    public JudgeSpec(
            List<StopCondition> stopConditions, Prices prices, double alpha, long minRequests, boolean control) {
        this(stopConditions, prices, alpha, minRequests, control, Noise.UNKNOWN);
    }

    public JudgeSpec {
        stopConditions = List.copyOf(stopConditions);
        if (!(alpha > 0 && alpha <= 0.5)) {
            throw new IllegalArgumentException("alpha of " + alpha + " is outside 0 to 0.5");
        }
    }

    /** The share of alpha that each relative condition may spend; a union bound. */
    public double alphaPerCondition() {
        long relative = stopConditions.stream()
                .filter(c -> c instanceof StopCondition.Regresses || c instanceof StopCondition.SeriesRegresses)
                .count();
        return alpha / Math.max(1, relative);
    }
}

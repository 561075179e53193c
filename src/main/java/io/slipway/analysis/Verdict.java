package io.slipway.analysis;

import java.time.Instant;
import java.util.List;

/**
 * One look at both arms: the outcome over all stop conditions, with the evidence.
 *
 * @param commonCause true when the control is as bad, so that what regressed is not this release's doing: hold, do not revert
 * @param windowsUsed windows counted on both arms
 * @param windowsLeftOut windows left out (warm-up, broken, unequal rates)
 * @param version of the judge's code, so that a recorded verdict can be made again
 */
public record Verdict(
        Instant at,
        Outcome outcome,
        boolean commonCause,
        List<MetricVerdict> metrics,
        int windowsUsed,
        int windowsLeftOut,
        String sentence,
        String version) {
    /** True when this look must end the rollout. */
    public boolean reverts() {
        return outcome == Outcome.REGRESSED && !commonCause;
    }
}

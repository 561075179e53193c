package io.slipway.analysis;

import java.time.Instant;

/**
 * Both arms over the same stretch of time, summed over their hosts, as the judge takes it: what was put together of windows once is not changed
 * by one that comes later.
 *
 * @param windows hosts and arms whose windows it was put together of
 * @param hasControl a window of the control came
 * @param broken a window held what cannot be true
 * @param warmingUp a replica was younger than the warm-up
 */
public record Slot(
        Instant start,
        double seconds,
        ArmSums control,
        ArmSums candidate,
        int windows,
        boolean hasControl,
        boolean hasCandidate,
        boolean broken,
        boolean warmingUp) {

    public Instant end() {
        return start.plusNanos((long) (seconds * 1e9));
    }

    boolean complete(boolean withControl) {
        return hasCandidate && (hasControl || !withControl);
    }

    /** Every arm that is compared reported, and nothing that it reported is impossible. */
    boolean usable(boolean withControl) {
        return complete(withControl) && !broken;
    }
}

package io.slipway.bench.judges;

import io.slipway.base.MetricWindow;
import java.time.Instant;

/** A judge in the table. */
interface Contender {
    /** A window of either arm as it arrives. */
    void add(MetricWindow window);

    /** Whether the rollout ends now. {@code index}: of the window that has just ended, at {@code now}. */
    boolean reverts(int index, Instant now);
}

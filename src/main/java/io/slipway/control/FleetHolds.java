package io.slipway.control;

import io.slipway.base.ServiceName;
import java.time.Instant;
import java.util.Set;

/** Trouble of several services at once, as rows: it outlives the controller. */
public interface FleetHolds {
    /** Services of which a look since then found a regression, or trouble on both revisions. */
    Set<ServiceName> troubledSince(Instant since);

    /** Begins a hold; false when one is on. */
    boolean begin(Set<ServiceName> services, Instant at);

    /** Ends the hold that is on, if any. */
    void end(Instant at);
}

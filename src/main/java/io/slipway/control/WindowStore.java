package io.slipway.control;

import io.slipway.base.MetricWindow;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import java.time.Instant;
import java.util.List;

/** Metric windows. */
public interface WindowStore {
    /** Stores windows; one that is there already is left as it is. Returns how many were new. */
    int add(List<MetricWindow> windows);

    /** Windows of a revision with {@code from <= start < to}, in time order, one per arm, host and start. */
    List<MetricWindow> of(RevisionId revision, Instant from, Instant to);

    /** The same for all revisions of a service. */
    List<MetricWindow> of(ServiceName service, Instant from, Instant to);

    /** Drops whole days that lie before {@code limit}. */
    void dropBefore(Instant limit);
}

package io.slipway.control;

import io.slipway.analysis.Prices;
import io.slipway.base.MetricWindow;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Metric windows. */
public interface WindowStore {
    /** Stores windows; one that is there already is left as it is. Returns how many were new. */
    int add(List<MetricWindow> windows);

    /** Windows of a revision with {@code from <= start < to}, in time order, one per arm, host and start. */
    List<MetricWindow> of(RevisionId revision, Instant from, Instant to);

    /** The same, with when each came. */
    List<ArrivedWindow> arrived(RevisionId revision, Instant from, Instant to);

    /** The same for all revisions of a service. */
    List<MetricWindow> of(ServiceName service, Instant from, Instant to);

    /** The same, where {@code step} is whole minutes in sums of all hosts. */
    List<MetricWindow> of(ServiceName service, Instant from, Instant to, Duration step);

    /** Sums windows up to minutes and five minutes; those that come more than two minutes late stay out. */
    void rollUp(Instant now);

    /**
     * Keeps for good what reverted rollouts were judged by, unless it is too much, so that they can be judged again.
     *
     * @param kept for how long windows are there at all
     */
    void freeze(Prices prices, Instant now, Duration kept);

    /** Drops whole days of windows that are older than {@code kept}, and of sums that are older than 90 and 400 days. */
    void dropBefore(Instant now, Duration kept);
}

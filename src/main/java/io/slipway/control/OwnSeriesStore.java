package io.slipway.control;

import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import io.slipway.release.OwnSeries;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Series of the teams' own: their values, and how their sources do. Takes part in the transaction of its thread. */
public interface OwnSeriesStore {
    /**
     * One value.
     *
     * @param seconds that it stands for, from {@code at} on
     */
    record Value(Instant at, double seconds, double value) {}

    /** A value, and when it was stored. */
    record Stored(Value value, Instant arrivedAt) {}

    /**
     * How a source does.
     *
     * @param newest start of the newest value that was ever kept
     * @param answeredAt when it last answered
     * @param error of the last question, where it failed
     */
    record State(
            ServiceName service,
            OwnSeries series,
            Optional<Instant> newest,
            Optional<Instant> answeredAt,
            Optional<Instant> failedAt,
            Optional<String> error) {}

    /** Keeps an answer; a value whose time is known already is left as it is. Returns how many were new. */
    int answered(RevisionId revision, OwnSeries series, List<Value> values, Instant at);

    /** The source could not be asked, or gave no usable answer. */
    void failed(ServiceName service, OwnSeries series, String error, Instant at);

    /** In time order, {@code from <= at < to}. */
    List<Stored> values(RevisionId revision, OwnSeries series, Instant from, Instant to);

    /**
     * The mean of the numbers in each step, at the step's begin, in time order; steps are counted from 1970, and one without a number is not there. Each
     * stands for as long as the longest of its values.
     */
    List<Value> means(RevisionId revision, OwnSeries series, Instant from, Instant to, Duration step);

    Optional<Instant> newest(RevisionId revision, OwnSeries series);

    List<State> states(ServiceName service);

    void dropBefore(Instant limit);
}

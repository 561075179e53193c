package io.slipway.release;

import java.time.Duration;

/** A condition that ends a rollout and reverts it, declared before it starts. */
public sealed interface StopCondition {
    Metric metric();

    /**
     * The candidate is worse than the baseline by more than this.
     *
     * @param regressesBy relative (0.10 is 10 %) for latency and cost; in points (0.005 is 0.5pp) for the error rate
     */
    record Regresses(Metric metric, double regressesBy) implements StopCondition {}

    /** The candidate's own value is above a bound for so long. Unit: share, ms, or currency per request. */
    record Above(Metric metric, double bound, Duration during) implements StopCondition {}

    /** The candidate's mean of a series of the team's own is larger than the baseline's by more than this share. */
    record SeriesRegresses(OwnSeries series, double regressesBy) implements StopCondition {
        @Override
        public Metric metric() {
            return series.source();
        }
    }

    /** A series of the team's own is above a bound for so long. */
    record SeriesAbove(OwnSeries series, double bound, Duration during) implements StopCondition {
        @Override
        public Metric metric() {
            return series.source();
        }
    }
}

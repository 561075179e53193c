package io.slipway.release;

import java.time.Duration;
import java.util.List;

/** A condition that ends a rollout and reverts it, declared before it starts. */
public sealed interface StopCondition {
    /** What stops every rollout beside what is declared, in words. */
    List<String> ALWAYS = List.of(
            "its replicas end by themselves at least three times, and more often than 4 times a day and replica (at most 1 in 1000 to"
                    + " be chance), and the baseline's do not",
            "the OOM killer ends them so (at most 1 in 1000)",
            "none of its replicas is ready while others are");

    Metric metric();

    /**
     * The candidate is worse than the baseline by more than this.
     *
     * @param regressesBy relative (0.10 is 10 %) for latency and cost; in points (0.005 is 0.5pp) for the error rate
     */
    record Regresses(Metric metric, double regressesBy) implements StopCondition {}

    /** The candidate's own value is above a bound for so long. Unit: share, ms, or currency per request. */
    record Above(Metric metric, double bound, Duration during) implements StopCondition {}

    /**
     * The candidate's errors use up what a service level objective allows much too fast.
     *
     * @param objective share of requests that are to succeed, {@link #LEAST} to {@link #MOST}: below, the burn rates are never reached; above, no traffic
     *     shows them
     */
    record Burns(double objective) implements StopCondition {
        public static final double LEAST = 0.9;
        public static final double MOST = 0.99999;

        public Burns {
            if (!isPossible(objective)) {
                throw new IllegalArgumentException(
                        "objective " + objective + " is not between " + LEAST + " and " + MOST);
            }
        }

        public static boolean isPossible(double objective) {
            return objective >= LEAST && objective <= MOST;
        }

        @Override
        public Metric metric() {
            return Metric.BURN_RATE;
        }
    }

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

package io.slipway.control;

import io.slipway.analysis.Prices;
import java.time.Duration;
import java.time.Instant;

/** Sums metric windows up, keeps for good what reverts were judged by, and drops those that are too old to be compared or shown. */
public final class Retention {
    private static final Duration EVERY = Duration.ofHours(1);
    private static final Duration SUM_EVERY = Duration.ofMinutes(1);
    private final RolloutStore rollouts;
    private final WindowStore windows;
    private final OwnSeriesStore series;
    private final Prices prices;
    private final Duration kept;
    private Instant next = Instant.MIN;
    private Instant nextSum = Instant.MIN;

    /** {@code kept}: at least the longest watch. */
    public Retention(RolloutStore rollouts, WindowStore windows, OwnSeriesStore series, Prices prices, Duration kept) {
        this.rollouts = rollouts;
        this.windows = windows;
        this.series = series;
        this.prices = prices;
        this.kept = kept;
    }

    void run() {
        Instant now = rollouts.now();
        if (!now.isBefore(nextSum)) {
            windows.rollUp(now);
            windows.freeze(prices, now, kept);
            nextSum = now.plus(SUM_EVERY);
        }
        if (!now.isBefore(next)) {
            windows.dropBefore(now, kept);
            series.dropBefore(now.minus(kept));
            next = now.plus(EVERY);
        }
    }
}

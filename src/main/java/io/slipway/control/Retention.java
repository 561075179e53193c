package io.slipway.control;

import java.time.Duration;
import java.time.Instant;

/** Drops metric windows that are too old to be compared or shown. Verdicts and decisions keep what they rested on. */
public final class Retention {
    private static final Duration EVERY = Duration.ofHours(1);
    private final RolloutStore rollouts;
    private final WindowStore windows;
    private final Duration kept;
    private Instant next = Instant.MIN;

    /** {@code kept}: at least the longest watch. */
    public Retention(RolloutStore rollouts, WindowStore windows, Duration kept) {
        this.rollouts = rollouts;
        this.windows = windows;
        this.kept = kept;
    }

    void run() {
        Instant now = rollouts.now();
        if (!now.isBefore(next)) {
            windows.dropBefore(now.minus(kept));
            next = now.plus(EVERY);
        }
    }
}

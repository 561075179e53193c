package io.slipway.control;

import java.time.Duration;

/** When a host counts as heard of. One that is not is unknown, not dead: what it runs is left alone. */
public final class Liveness {
    public static final Duration LIMIT = Duration.ofSeconds(15);

    private Liveness() {}
}

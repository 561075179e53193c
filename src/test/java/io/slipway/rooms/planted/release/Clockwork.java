package io.slipway.rooms.planted.release;

import java.time.Instant;
import java.util.concurrent.Executor;

/** Planted: threads and the clock in a pure room. */
public record Clockwork(Executor threads) {
    public Instant now() {
        return Instant.now();
    }
}

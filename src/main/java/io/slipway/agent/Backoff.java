package io.slipway.agent;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Growing pauses between tries: doubled each time up to a maximum, each shortened at random by up to a quarter so that many do not try in step. */
final class Backoff {
    private final Duration first;
    private final Duration last;
    private int tries;

    Backoff(Duration first, Duration last) {
        this.first = first;
        this.last = last;
    }

    Duration next() {
        long doubled = first.toMillis() << Math.min(tries++, 20);
        long millis = Math.min(last.toMillis(), doubled);
        return Duration.ofMillis(millis - ThreadLocalRandom.current().nextLong(millis / 4 + 1));
    }

    void reset() {
        tries = 0;
    }
}

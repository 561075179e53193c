package io.slipway.agent;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;

/** When to start again what has ended: after 1 s to 1 min, doubling; no more than 5 times within 10 minutes. */
final class RestartPolicy {
    static final String GAVE_UP = "given up after 5 restarts within 10 min";

    private static final int STARTS_MAX = 5;
    private static final Duration WITHIN = Duration.ofMinutes(10);
    private static final Duration LAST = Duration.ofMinutes(1);

    private final ArrayDeque<Instant> recent = new ArrayDeque<>();

    /** How long to wait before the next start; empty when there shall be none. */
    Optional<Duration> next(Instant now) {
        while (!recent.isEmpty() && recent.peekFirst().isBefore(now.minus(WITHIN))) {
            recent.removeFirst();
        }
        if (recent.size() >= STARTS_MAX) {
            return Optional.empty();
        }
        Duration pause = Duration.ofSeconds(1L << recent.size());
        recent.addLast(now);
        return Optional.of(pause.compareTo(LAST) < 0 ? pause : LAST);
    }
}

package io.slipway.sandbox.health;

import java.time.Duration;

/**
 * A check and its times.
 *
 * @param every from one question to the next; until the first success sooner where that costs little
 * @param timeout after which a question is taken as answered by a failure
 * @param failures in a row that count
 * @param successes in a row that count
 * @param grace how long failures do not count: from its beginning for {@link Question#START}, from then on for the others
 */
public record Probing(
        HealthCheck check, Duration every, Duration timeout, int failures, int successes, Duration grace) {
    private static final Duration EAGER = Duration.ofMillis(200);

    /** Between questions of which failures do not count, so that nobody waits longer than the container needs. */
    Duration eager() {
        return check instanceof HealthCheck.Command || every.compareTo(EAGER) < 0 ? every : EAGER;
    }
}

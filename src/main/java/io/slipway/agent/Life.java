package io.slipway.agent;

import io.slipway.release.StartHistory;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What is remembered of one replica beyond the life of an agent.
 *
 * @param condemned why its container is to be stopped and counts as failed, decided before it is stopped
 * @param concluded the container whose end is part of the history already
 * @param givenUpAt since when nothing more is done for it here
 * @param failed whether it was given up for a failure
 * @param exitCode of its last container
 * @param ending how its last container ended, in plain words; null in what older agents wrote
 */
record Life(
        StartHistory history,
        Optional<String> condemned,
        Optional<String> concluded,
        Optional<Instant> givenUpAt,
        boolean failed,
        Optional<Integer> exitCode,
        Optional<String> ending) {
    /** Files of before have no {@code ending}. */
    Life {
        ending = Objects.requireNonNullElse(ending, Optional.empty());
    }

    /** Nothing has happened yet. */
    static final Life NEW = new Life(
            StartHistory.NONE,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            Optional.empty(),
            Optional.empty());

    Life with(StartHistory next) {
        return new Life(next, Optional.empty(), Optional.empty(), Optional.empty(), false, exitCode, ending);
    }

    Life condemned(String why) {
        return new Life(history, Optional.of(why), concluded, givenUpAt, failed, exitCode, ending);
    }

    Life concluded(StartHistory next, Optional<String> container, Optional<Integer> code, String how) {
        return new Life(next, Optional.empty(), container, Optional.empty(), false, code, Optional.of(how));
    }

    /** @param at empty where another host may do better */
    Life givenUp(Optional<Instant> at, boolean failure) {
        return new Life(history, condemned, concluded, at, failure, exitCode, ending);
    }
}

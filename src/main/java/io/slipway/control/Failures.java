package io.slipway.control;

import io.slipway.base.RolloutId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Rollouts at which something fails, and when it is tried again: ever more seldom, since each try may read all that was measured. */
final class Failures {
    private static final Duration MOST = Duration.ofMinutes(5);
    private final Map<RolloutId, Failure> all = new HashMap<>();

    private record Failure(String why, Duration pause, Instant again) {}

    /** Why it failed, while it is not yet time to try it again. */
    Optional<String> waiting(RolloutId id, Instant now) {
        return Optional.ofNullable(all.get(id))
                .filter(f -> now.isBefore(f.again))
                .map(Failure::why);
    }

    /** True when it did not fail before. */
    boolean add(RolloutId id, Instant now, Duration shortest, String why) {
        Failure before = all.get(id);
        Duration twice = before == null ? shortest : before.pause.multipliedBy(2);
        Duration pause = twice.compareTo(MOST) > 0 ? MOST : twice;
        all.put(id, new Failure(why, pause, now.plus(pause)));
        return before == null;
    }

    void remove(RolloutId id) {
        all.remove(id);
    }

    void retain(Set<RolloutId> ids) {
        all.keySet().retainAll(ids);
    }
}

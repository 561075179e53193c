package io.slipway.placement;

import io.slipway.base.AllocationId;
import io.slipway.release.Units;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a host says of one replica.
 *
 * @param address of the container, empty until it has one
 * @param exitCode set when ended by exit
 * @param reason in plain words: 'exited 42', 'OOM: over 64 MiB', 'not ready after 30 s: connection refused'
 * @param givenUpAt since when its host does nothing more for it until it is assigned something else, as its restart policy says
 */
public record AllocationStatus(
        AllocationId id,
        State state,
        Optional<String> address,
        Optional<Integer> pid,
        Optional<Instant> startedAt,
        int restarts,
        Optional<Integer> exitCode,
        String reason,
        Optional<Instant> givenUpAt) {
    private static final String AGAIN = "; started again in ";

    /** The reason of a replica that ended so and whose host starts it again after {@code pause}. */
    public static String startedAgain(String ending, Duration pause) {
        return ending + AGAIN + Units.render(pause);
    }

    /** How it ended, without what its host does about it: that may never come, once it is told to take the replica away. */
    public String ending() {
        int again = reason.lastIndexOf(AGAIN);
        return again < 0 ? reason : reason.substring(0, again);
    }

    /** Life of a replica on its host. */
    public enum State {
        PREPARING,
        STARTING,
        READY,
        STOPPING,
        /** It does not run; its host starts it again, or not, as its restart policy says. */
        ENDED,
        /** Its host cannot run it, or has given it up. */
        FAILED
    }

    /** Whether another host may do better: what its own host handles, or was told to leave alone, is none of others' business. */
    public boolean isToBeReplaced() {
        return state == State.FAILED && givenUpAt.isEmpty();
    }
}

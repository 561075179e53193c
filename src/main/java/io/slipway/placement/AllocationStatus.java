package io.slipway.placement;

import io.slipway.base.AllocationId;
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

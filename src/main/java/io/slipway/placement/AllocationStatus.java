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
 */
public record AllocationStatus(
        AllocationId id,
        State state,
        Optional<String> address,
        Optional<Integer> pid,
        Optional<Instant> startedAt,
        int restarts,
        Optional<Integer> exitCode,
        String reason) {
    /** Life of a replica on its host. */
    public enum State {
        PREPARING,
        STARTING,
        READY,
        STOPPING,
        ENDED,
        FAILED
    }
}

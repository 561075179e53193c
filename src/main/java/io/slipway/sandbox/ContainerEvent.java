package io.slipway.sandbox;

import java.time.Instant;

/**
 * Something that happened to a container.
 *
 * @param detail in plain words, e.g. how it ended; may be empty
 */
public record ContainerEvent(Instant at, String container, Kind kind, String detail) {
    /** What happened. */
    public enum Kind {
        CREATED,
        STARTED,
        EXEC,
        PAUSED,
        RESUMED,
        /** Its limits were changed while it runs; the detail says which. */
        UPDATED,
        OOM,
        /** It can be sent work, by its health checks. */
        HEALTHY,
        UNHEALTHY,
        ENDED,
        /** It is to be started again. */
        RESTARTING,
        /** It is not started again, as its restart policy says. */
        GIVEN_UP,
        REMOVED
    }
}

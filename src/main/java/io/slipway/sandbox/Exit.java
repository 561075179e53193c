package io.slipway.sandbox;

import java.time.Instant;

/**
 * How a container ended.
 *
 * @param code what a shell would report: the exit code, or 128 + signal; 127 when the application or its interpreter
 *     is not there, 126 when it cannot be executed; -1 when unknown
 * @param signal that ended the application, 0 for none
 * @param text in plain words: {@code exited 42}, {@code killed by SIGKILL}, {@code OOM: over 64 MiB}
 */
public record Exit(Kind kind, int code, int signal, String text, Instant at) {
    /** Causes. */
    public enum Kind {
        EXITED,
        SIGNALLED,
        OOM,
        NOT_EXECUTED,
        UNKNOWN,
        /** None: it was created, and has never been started. */
        NOT_STARTED
    }

    /** Of one that was only created, in place of an end. */
    static Exit notStarted(Instant created) {
        return new Exit(Kind.NOT_STARTED, -1, 0, "created, not started", created);
    }

    boolean started() {
        return kind != Kind.NOT_STARTED;
    }
}

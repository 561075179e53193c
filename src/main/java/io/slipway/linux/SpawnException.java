package io.slipway.linux;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A child could not be made, or failed before its exec. Carries the calls that it made. */
public final class SpawnException extends IOException {
    private static final long serialVersionUID = 1L;
    private final transient List<CallResult> calls;
    private final transient Optional<CallResult> fatal;

    SpawnException(String message, List<CallResult> calls) {
        this(message, calls, Optional.empty());
    }

    SpawnException(String message, List<CallResult> calls, Optional<CallResult> fatal) {
        super(message);
        this.calls = List.copyOf(calls);
        this.fatal = fatal;
    }

    public List<CallResult> calls() {
        return calls;
    }

    /** The call of its program that failed, if one did. */
    public Optional<CallResult> fatal() {
        return fatal;
    }
}

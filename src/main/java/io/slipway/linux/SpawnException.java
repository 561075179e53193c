package io.slipway.linux;

import java.io.IOException;
import java.util.List;

/** A child could not be made, or failed before its exec. Carries the calls that it made. */
public final class SpawnException extends IOException {
    private static final long serialVersionUID = 1L;
    private final transient List<CallResult> calls;

    SpawnException(String message, List<CallResult> calls) {
        super(message);
        this.calls = List.copyOf(calls);
    }

    public List<CallResult> calls() {
        return calls;
    }
}

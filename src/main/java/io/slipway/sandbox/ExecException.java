package io.slipway.sandbox;

import io.slipway.linux.CallResult;
import java.io.IOException;
import java.util.List;

/** A command could not be executed in a container; nothing of it is left, and the container goes on. */
public final class ExecException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int NOT_BEGUN = 125;
    private final transient List<CallResult> calls;

    ExecException(String id, String why, List<CallResult> calls) {
        super("nothing was executed in container " + id + ": " + why);
        this.calls = List.copyOf(calls);
    }

    public List<CallResult> calls() {
        return calls;
    }

    /** What a shell would end with: 127 when the command or its interpreter is not there, 126 when it cannot be executed, 125 for all else. */
    public int code() {
        return calls.isEmpty()
                ? NOT_BEGUN
                : CommandSearch.code(calls.getLast(), calls).orElse(NOT_BEGUN);
    }
}

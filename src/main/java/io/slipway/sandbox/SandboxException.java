package io.slipway.sandbox;

import io.slipway.linux.CallResult;
import java.io.IOException;
import java.util.List;

/** A container could not be started; nothing of it is left. Names the system call that failed and carries all that were made. */
public final class SandboxException extends IOException {
    private static final long serialVersionUID = 1L;
    private final transient List<CallResult> calls;

    SandboxException(String id, Throwable cause, List<CallResult> calls) {
        super("container " + id + " did not start: " + cause.getMessage(), cause);
        this.calls = List.copyOf(calls);
    }

    public List<CallResult> calls() {
        return calls;
    }
}

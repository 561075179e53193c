package io.slipway.sandbox;

import io.slipway.linux.CallResult;
import io.slipway.linux.SpawnException;
import java.io.IOException;
import java.util.List;

/** A container could not be started; nothing of it is left. Names the system call that failed and carries all that were made. */
public final class SandboxException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int NOT_BEGUN = 125;
    private final transient List<CallResult> calls;

    SandboxException(String id, Throwable cause, List<CallResult> calls) {
        super("container " + id + " did not start: " + cause.getMessage(), cause);
        this.calls = List.copyOf(calls);
    }

    public List<CallResult> calls() {
        return calls;
    }

    /** What a shell would end with: 127 when the command is not there, 126 when it may not be executed, 125 for all else. */
    public int code() {
        return getCause() instanceof SpawnException spawn
                ? spawn.fatal()
                        .flatMap(fatal -> CommandSearch.code(fatal, spawn.calls()))
                        .orElse(NOT_BEGUN)
                : NOT_BEGUN;
    }
}

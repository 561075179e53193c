package io.slipway.linux;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A child could not be made, or failed before its exec. Carries the calls that it made. */
public final class SpawnException extends IOException {
    private static final long serialVersionUID = 1L;
    private final transient List<CallResult> calls;
    private final transient Optional<CallResult> fatal;
    private final String why;

    SpawnException(String message, List<CallResult> calls) {
        this(message, message, calls, Optional.empty());
    }

    /** @param why the same, without saying who the child was to be */
    SpawnException(String message, String why, List<CallResult> calls, Optional<CallResult> fatal) {
        super(message);
        this.why = why;
        this.calls = List.copyOf(calls);
        this.fatal = fatal;
    }

    /**
     * What failed, for who says itself what the child was to be. Of a program that cannot be executed only the error is told: its environment may hold
     * secrets.
     */
    public String why() {
        return fatal.filter(call -> call.call().equals("execve"))
                .map(call -> "execve: " + Errno.describe((int) -call.result()))
                .orElse(why);
    }

    public List<CallResult> calls() {
        return calls;
    }

    /** The call of its program that failed, if one did. */
    public Optional<CallResult> fatal() {
        return fatal;
    }
}

package io.slipway.sandbox;

import io.slipway.linux.CallResult;
import io.slipway.linux.Errno;
import java.io.IOException;
import java.util.List;

/** A command could not be executed in a container; nothing of it is left, and the container goes on. */
public final class ExecException extends IOException {
    private static final long serialVersionUID = 1L;
    private final transient List<CallResult> calls;

    ExecException(String id, String why, List<CallResult> calls) {
        super("nothing was executed in container " + id + ": " + why);
        this.calls = List.copyOf(calls);
    }

    public List<CallResult> calls() {
        return calls;
    }

    /** Whether there is no such command, or it is none that can be executed; the container itself was joined. */
    public boolean notFound() {
        return !calls.isEmpty()
                && calls.getLast().result() == -Errno.ENOENT
                && !calls.getLast().call().equals("chdir");
    }
}

package io.slipway.cli;

/** A command that cannot do what was asked: the message says what, why, and what to do; the code is the process's exit code. */
public final class CommandFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int exitCode;

    public CommandFailed(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }
}

package io.slipway.cli;

/** Exit codes of every command; pipelines depend on them. */
public final class ExitCode {
    public static final int DONE = 0;
    public static final int FAILED = 1;
    public static final int USAGE = 2;
    public static final int REVERTED = 3;
    public static final int UNREACHABLE = 4;
    public static final int STILL_WAITING = 5;
    public static final int SUPERSEDED = 6;

    private ExitCode() {}

    /** The exit code for a rollout in this state; {@code STILL_WAITING} while it is not over. */
    static int ofState(String state) {
        return switch (state) {
            case "settled" -> DONE;
            case "reverted", "aborted" -> REVERTED;
            case "superseded" -> SUPERSEDED;
            case "failed" -> FAILED;
            default -> STILL_WAITING;
        };
    }
}

package io.slipway.linux;

import java.util.List;
import java.util.Objects;

/**
 * One system call that was made.
 *
 * @param purpose what it was made for
 * @param by who made it: {@code agent}, {@code child} (before exec), {@code pid 1}
 * @param result as the kernel gave it: a negative errno when it failed
 * @param mayFail whether an error was foreseen and passed over
 * @param micros how long it took, in microseconds; NaN when not measured
 */
public record CallResult(
        Purpose purpose, String by, String call, List<String> arguments, long result, boolean mayFail, double micros) {
    public CallResult {
        // A file of a version that did not yet write it down.
        purpose = Objects.requireNonNullElse(purpose, Purpose.EXEC);
    }

    public boolean failed() {
        return result < 0;
    }

    /** E.g. {@code ENOENT}; empty when it did not fail. */
    public String errnoName() {
        return failed() ? Errno.name((int) -result) : "";
    }

    /** E.g. {@code mount("proc", "/proc", "proc", MS_NOSUID, NULL)}. */
    public String text() {
        return call + "(" + String.join(", ", arguments) + ")";
    }
}

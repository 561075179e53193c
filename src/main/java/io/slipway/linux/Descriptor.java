package io.slipway.linux;

/** An open file descriptor that we own; close-on-exec. */
public final class Descriptor implements AutoCloseable {
    private final int number;
    private final String object;
    private final boolean planned = CallLog.planning();
    // A planned one was never opened: the number may be another's.
    private boolean closed = planned;

    Descriptor(int number, String object) {
        this.number = number;
        this.object = object;
    }

    public int number() {
        return number;
    }

    /** What it was opened on. */
    public String object() {
        return object;
    }

    /** As strace(1) shows it, e.g. {@code 7</dev/null>}; a planned one has no number. */
    String shown() {
        return (planned ? "" : number) + "<" + Quoted.escaped(object) + ">";
    }

    @Override
    public synchronized void close() {
        // Once only: the number may already belong to another file.
        if (!closed) {
            closed = true;
            CallLog.call("close", () -> Libc.close(number), Argument.descriptor(this));
        } else if (planned) {
            CallLog.call("close", () -> 0, Argument.descriptor(this));
        }
    }
}

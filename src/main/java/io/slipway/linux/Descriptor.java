package io.slipway.linux;

/** An open file descriptor that we own; close-on-exec. */
public final class Descriptor implements AutoCloseable {
    private final int number;
    private final String object;
    private boolean closed;

    Descriptor(int number, String object) {
        this.number = number;
        this.object = object;
        // A planned one was never opened: the number may be another's.
        closed = CallLog.planning();
    }

    public int number() {
        return number;
    }

    /** What it was opened on. */
    public String object() {
        return object;
    }

    @Override
    public synchronized void close() {
        // Once only: the number may already belong to another file.
        if (!closed) {
            closed = true;
            CallLog.call("close", () -> Libc.close(number), Argument.descriptor(this));
        }
    }
}

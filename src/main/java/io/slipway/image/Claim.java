package io.slipway.image;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;

/** The wish to have some content. To be closed; when the last one is, a transfer that is not finished is broken off. */
final class Claim implements AutoCloseable {
    private final Arrival arrival;
    private final AtomicBoolean closed = new AtomicBoolean();

    Claim(Arrival arrival) {
        this.arrival = arrival;
    }

    /**
     * The content while it comes. Its end is met only when everything is verified and on disk; until then nothing that was read may be put to
     * use. A stream that uncompresses may stop before the end, so wait for {@link #await} too.
     */
    InputStream read() {
        return new ArrivingStream(arrival);
    }

    /**
     * Waits until it is in the store, verified.
     *
     * @throws ImageException if it cannot be had, or is not what it should be
     */
    void await() throws IOException {
        arrival.awaitEnd();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            arrival.abandon();
        }
    }
}

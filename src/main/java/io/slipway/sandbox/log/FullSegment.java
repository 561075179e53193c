package io.slipway.sandbox.log;

import java.io.IOException;

/** Told of a segment that is full, before the next one is begun and the oldest may go: for who reads everything, however little is kept. */
public interface FullSegment {
    /** Nobody reads meanwhile. */
    FullSegment UNREAD = () -> {};

    void read() throws IOException;
}

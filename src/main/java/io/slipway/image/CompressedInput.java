package io.slipway.image;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The bytes of a layer as it is stored or comes over the network, buffered. Tells a failing source from a damaged layer. */
final class CompressedInput {
    private static final int BUFFER_BYTES = 128 * 1024;
    private final InputStream source;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;

    CompressedInput(InputStream source) {
        this.source = source;
    }

    byte[] buffer() {
        return buffer;
    }

    int position() {
        return position;
    }

    int remaining() {
        return limit - position;
    }

    void skip(int count) {
        position += count;
    }

    /** @return false at the end; else there is something in the buffer */
    boolean fill() throws SourceFailed {
        return position < limit || refill(0);
    }

    /** Looks ahead; fewer bytes than asked for only near the end. */
    byte[] peek(int count) throws SourceFailed {
        while (remaining() < count && refill(remaining())) {
            continue;
        }
        byte[] ahead = new byte[Math.min(count, remaining())];
        System.arraycopy(buffer, position, ahead, 0, ahead.length);
        return ahead;
    }

    int read() throws IOException {
        if (!fill()) {
            throw new EOFException("its compressed data is cut off");
        }
        return buffer[position++] & 0xff;
    }

    /** Reads the rest: a source that verifies does so at its end. */
    void drain() throws SourceFailed {
        do {
            position = limit;
        } while (fill());
    }

    private boolean refill(int kept) throws SourceFailed {
        System.arraycopy(buffer, position, buffer, 0, kept);
        position = 0;
        limit = kept;
        try {
            int count = source.read(buffer, kept, buffer.length - kept);
            limit = kept + Math.max(0, count);
            return count > 0;
        } catch (IOException e) {
            throw new SourceFailed(e);
        }
    }

    /** Not the layer is at fault but where it comes from, or what it comes from found it to be another one. */
    static final class SourceFailed extends IOException {
        private static final long serialVersionUID = 1L;
        private final IOException failure;

        SourceFailed(IOException failure) {
            super(failure);
            this.failure = failure;
        }

        IOException failure() {
            return failure;
        }
    }
}

package io.slipway.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Gzip, of one member or several (RFC 1952). The check sums of members are passed over: the layer's SHA-256 is compared in any case, and says more.
 * Straight into native memory, which the JDK's own stream cannot.
 */
final class GzipInflation implements Inflation {
    private static final int DEFLATE = 8;
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int TRAILER_BYTES = 8;

    private final CompressedInput in;
    private final Inflater inflater = new Inflater(true);
    private boolean within;
    private boolean ended;

    GzipInflation(CompressedInput in) {
        this.in = in;
    }

    static boolean begins(byte[] magic) {
        return magic.length >= 2 && magic[0] == 0x1f && (magic[1] & 0xff) == 0x8b;
    }

    @Override
    public void fill(ByteBuffer into) throws IOException {
        while (into.hasRemaining() && !ended) {
            if (!within && !begin()) {
                return;
            }
            inflate(into);
        }
    }

    @Override
    public void close() {
        inflater.end();
    }

    /** @return false if no further member follows; as gzip(1) does, what else may follow is passed over */
    private boolean begin() throws IOException {
        if (!begins(in.peek(2))) {
            ended = true;
            return false;
        }
        skip(2);
        if (in.read() != DEFLATE) {
            throw new IOException("its gzip header names an unknown method");
        }
        int flags = in.read();
        skip(6);
        if ((flags & EXTRA) != 0) {
            skip(in.read() | in.read() << 8);
        }
        for (int text : new int[] {NAME, COMMENT}) {
            while ((flags & text) != 0 && in.read() != 0) {
                continue;
            }
        }
        skip((flags & HEADER_CRC) != 0 ? 2 : 0);
        inflater.reset();
        within = true;
        return true;
    }

    private void inflate(ByteBuffer into) throws IOException {
        try {
            if (inflater.needsInput()) {
                if (!in.fill()) {
                    throw new EOFException("its compressed data is cut off");
                }
                inflater.setInput(in.buffer(), in.position(), in.remaining());
            }
            inflater.inflate(into);
        } catch (DataFormatException e) {
            throw new IOException("its compressed data is damaged: " + e.getMessage(), e);
        }
        in.skip(in.remaining() - inflater.getRemaining());
        if (inflater.finished()) {
            skip(TRAILER_BYTES);
            within = false;
        } else if (inflater.needsDictionary()) {
            throw new IOException("its compressed data asks for a dictionary");
        }
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            in.read();
        }
    }
}

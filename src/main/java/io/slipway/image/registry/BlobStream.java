package io.slipway.image.registry;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/** Content from a byte on, across connections that break. */
final class BlobStream extends InputStream {
    private final Source source;
    private final long size;
    private long at;
    private @Nullable InputStream now;

    /** What one connection gives. */
    interface Source {
        /** The content from a byte on. */
        InputStream open(long from) throws IOException;

        /** A connection broke: waits, or gives up by throwing. */
        void broke(IOException cause) throws IOException;

        /** Bytes came. */
        void advanced();
    }

    BlobStream(Source source, long size, long from) throws IOException {
        this.source = source;
        this.size = size;
        this.at = from;
        if (from < size) {
            now = source.open(from);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        while (true) {
            if (at >= size || length == 0) {
                return at >= size ? -1 : 0;
            }
            try {
                int count = current().read(into, offset, (int) Math.min(length, size - at));
                if (count > 0) {
                    at += count;
                    source.advanced();
                    return count;
                }
                throw new EOFException("the connection ended after " + at + " of " + size + " bytes");
            } catch (InterruptedIOException e) {
                if (!(e instanceof SocketTimeoutException)) {
                    throw e;
                }
                again(e);
            } catch (IOException e) {
                again(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (now != null) {
            now.close();
        }
    }

    private InputStream current() throws IOException {
        if (now == null) {
            now = source.open(at);
        }
        return now;
    }

    private void again(IOException cause) throws IOException {
        close();
        now = null;
        source.broke(cause);
    }
}

package io.slipway.image;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/** The uncompressed bytes of a layer: hashed and counted, and cut off at a limit. */
final class MeteredInput extends FilterInputStream {
    private final MessageDigest hash = Digest.newHash();
    private final long bytesMax;
    private long bytes;

    /** @param bytesMax where reading fails */
    MeteredInput(InputStream in, long bytesMax) {
        super(in);
        this.bytesMax = bytesMax;
    }

    long bytes() {
        return bytes;
    }

    /** After everything was read. */
    Digest digest() {
        return Digest.of(hash);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int count = super.read(buffer, offset, length);
        if (count > 0) {
            hash.update(buffer, offset, count);
            bytes += count;
            check();
        }
        return count;
    }

    // Skipped bytes belong to the digest too.
    @Override
    public long skip(long count) throws IOException {
        byte[] buffer = new byte[(int) Math.min(count, 64 * 1024)];
        long left = count;
        int got;
        while (left > 0 && (got = read(buffer, 0, (int) Math.min(buffer.length, left))) > 0) {
            left -= got;
        }
        return count - left;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private void check() throws IOException {
        if (bytes > bytesMax) {
            throw new IOException("unpacks to more than " + bytesMax + " bytes, like a decompression bomb");
        }
    }
}

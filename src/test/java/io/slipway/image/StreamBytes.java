package io.slipway.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** An archive from a stream. */
final class StreamBytes implements ArchiveBytes {
    private static final int BUFFER_BYTES = 64 * 1024;
    private final InputStream in;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).limit(0);

    StreamBytes(InputStream in) {
        this.in = in;
    }

    @Override
    public ByteBuffer next(int max) throws IOException {
        if (!buffer.hasRemaining()) {
            int count = in.read(buffer.array());
            buffer.position(0).limit(Math.max(0, count));
        }
        ByteBuffer some = buffer.slice(buffer.position(), Math.min(max, buffer.remaining()));
        buffer.position(buffer.position() + some.remaining());
        return some;
    }
}

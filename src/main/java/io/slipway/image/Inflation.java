package io.slipway.image;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A layer being uncompressed. */
interface Inflation extends AutoCloseable {
    /**
     * Writes into the buffer, until it is full or the layer ends.
     *
     * @param into in native memory
     * @throws CompressedInput.SourceFailed if the source fails
     * @throws IOException if the layer is damaged
     */
    void fill(ByteBuffer into) throws IOException;

    @Override
    void close();

    /** By what the first bytes say, as media types are often wrong. */
    static Inflation of(CompressedInput in) throws IOException {
        byte[] magic = in.peek(4);
        if (GzipInflation.begins(magic)) {
            return new GzipInflation(in);
        }
        return ZstdInflation.begins(magic) ? new ZstdInflation(in) : new NoInflation(in);
    }

    /** A layer that is not compressed. */
    record NoInflation(CompressedInput in) implements Inflation {
        @Override
        public void fill(ByteBuffer into) throws IOException {
            while (into.hasRemaining() && in.fill()) {
                int count = Math.min(into.remaining(), in.remaining());
                into.put(in.buffer(), in.position(), count);
                in.skip(count);
            }
        }

        @Override
        public void close() {}
    }
}

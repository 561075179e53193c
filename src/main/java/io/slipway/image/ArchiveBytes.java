package io.slipway.image;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The bytes of an archive, in order, as they come. */
interface ArchiveBytes {
    /**
     * The next of them, at least one and at most so many; valid until the next call.
     *
     * @return without remaining bytes at the end
     */
    ByteBuffer next(int max) throws IOException;
}

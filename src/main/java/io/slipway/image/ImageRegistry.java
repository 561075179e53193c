package io.slipway.image;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Where images are pulled from. What it gives is not verified yet. Blocks; an interrupt ends it with {@link java.io.InterruptedIOException}. */
public interface ImageRegistry {
    /**
     * A manifest or an index.
     *
     * @param image names the registry and the repository
     * @param tagOrDigest which one
     * @throws ImageException saying why it cannot be had
     */
    Document manifest(ImageReference image, String tagOrDigest) throws IOException;

    /** The same, or empty if there is none. */
    Optional<Document> find(ImageReference image, String tagOrDigest) throws IOException;

    /**
     * Content from a byte on. A connection that breaks is made again where it broke, until the registry's patience has an end.
     *
     * @param from at most {@code size}
     */
    InputStream blob(ImageReference image, Digest digest, long size, long from) throws IOException;

    /** Content came whole and was not what it should be: whoever gave it is asked last from now on. */
    void distrust(ImageReference image, Digest digest) throws IOException;

    /**
     * As it came.
     *
     * @param mediaType as the registry calls it; empty if it did not say
     */
    record Document(String mediaType, byte[] content) {}
}

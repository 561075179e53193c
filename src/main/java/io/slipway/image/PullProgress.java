package io.slipway.image;

import java.time.Duration;

/** Told what a pull does, from several threads. Must not block, and must not fail. */
public interface PullProgress {
    /** Tells nobody. */
    PullProgress NONE = new PullProgress() {};

    /**
     * What is to be pulled is known.
     *
     * @param layers how many the image has
     * @param bytes of all layers, compressed
     */
    default void resolved(String reference, Digest manifest, int layers, long bytes) {}

    /** So many bytes of some content are here now. */
    default void arrived(Digest content, long bytes, long size) {}

    /** Content is here, whole and verified. {@code present}: it was before. */
    default void stored(Digest content, long size, boolean present) {}

    /** A layer is unpacked. {@code present}: it was before. */
    default void unpacked(Digest layer, boolean present) {}

    /** Something did not work and is tried again after a pause. */
    default void waiting(String what, String why, Duration pause) {}
}

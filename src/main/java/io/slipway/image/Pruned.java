package io.slipway.image;

import java.util.List;

/**
 * What was removed from a store, or would be.
 *
 * @param images by all their names
 * @param kept images that nobody runs and that stay for another reason
 * @param blobs files of compressed content, manifests and configs
 * @param layers unpacked ones
 * @param partial downloads that were broken off
 * @param bytes freed on disk
 */
public record Pruned(List<Gone> images, List<Kept> kept, int blobs, int layers, int partial, long bytes) {
    public Pruned {
        images = List.copyOf(images);
        kept = List.copyOf(kept);
    }

    /** An image that goes: its manifest's digest, and the name it was last known by, or first came by. */
    public record Gone(String reference, Digest manifest) {}

    /** An image that stays, and why: {@code named}, {@code a container stands on it}, {@code pinned by OWNER}. */
    public record Kept(String reference, Digest manifest, String why) {}
}

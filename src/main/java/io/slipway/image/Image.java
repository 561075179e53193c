package io.slipway.image;

import java.nio.file.Path;
import java.util.List;

/**
 * An image that is ready to run: verified, its layers unpacked.
 *
 * @param reference what it was asked for by
 * @param rootDigest what pins it on all machines: that of the index it was chosen from, or of its manifest
 * @param manifestDigest of the image for one platform
 * @param diffIds digests of the uncompressed layers, lowest first ({@code RootFS.Layers})
 * @param layers directories, lowest first, for overlayfs
 * @param blobs the layers as they came, lowest first
 * @param sizeBytes of the compressed layers
 */
public record Image(
        String reference,
        Digest rootDigest,
        Digest manifestDigest,
        Digest configDigest,
        ImageConfig config,
        List<Digest> diffIds,
        List<Path> layers,
        List<Blob> blobs,
        long sizeBytes) {
    public Image {
        diffIds = List.copyOf(diffIds);
        layers = List.copyOf(layers);
        blobs = List.copyOf(blobs);
    }

    /** Whether a digest that names an image means this one, here. */
    public boolean isKnownBy(Digest digest) {
        return digest.equals(rootDigest) || digest.equals(manifestDigest);
    }

    /** A layer as it is transferred. */
    public record Blob(String mediaType, Digest digest, long sizeBytes) {}
}

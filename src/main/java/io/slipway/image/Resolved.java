package io.slipway.image;

/**
 * What a name stands for.
 *
 * @param root what the name leads to: an index, or the manifest itself; the same for all machines
 * @param manifest of the image that was chosen from it
 */
record Resolved(Descriptor root, Descriptor manifest) {
    static Resolved of(Descriptor manifest) {
        return new Resolved(manifest, manifest);
    }
}

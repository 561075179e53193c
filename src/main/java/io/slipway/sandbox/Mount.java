package io.slipway.sandbox;

/** Something that a container sees at a path of its own instead of what its image has there. */
public sealed interface Mount permits BindMount, VolumeMount, TmpfsMount, SecretMount {
    /** Absolute, with neither {@code ..} nor links to be minded: these are resolved within the container's root, never outside. */
    String target();
}

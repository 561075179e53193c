package io.slipway.sandbox;

import java.nio.file.Path;
import java.util.List;

/**
 * What a container sees as its file system.
 *
 * @param layers directories, lowest first; owned within the id range
 * @param mounts of the host's files
 */
public record Root(List<Path> layers, List<BindMount> mounts) {
    public Root {
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("the container has no layers");
        }
        layers = List.copyOf(layers);
        mounts = List.copyOf(mounts);
    }

    /** Nothing but the layers. */
    public static Root of(List<Path> layers) {
        return new Root(layers, List.of());
    }

    public Root withMounts(List<BindMount> other) {
        return new Root(layers, other);
    }
}

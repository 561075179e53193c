package io.slipway.sandbox;

import java.nio.file.Path;

/**
 * A file or directory of the host, seen in a container at {@code target} with what is mounted below it; never with set-uid or device files.
 *
 * @param readOnly all of it, also what is mounted below
 * @param idMapped whether owner n on the host is shown, and written, as owner n of the container; else the container's ids are those of its range
 */
public record BindMount(Path source, String target, boolean readOnly, boolean idMapped) implements Mount {
    public BindMount {
        target = MountTarget.checked(target);
        if (!source.isAbsolute()) {
            throw new IllegalArgumentException("mount source '" + source + "' must be an absolute path");
        }
    }

    public BindMount(Path source, String target, boolean readOnly) {
        this(source, target, readOnly, false);
    }
}

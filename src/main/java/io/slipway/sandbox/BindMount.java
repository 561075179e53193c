package io.slipway.sandbox;

import java.nio.file.Path;

/** A file or directory of the host, seen in a container at {@code target}; never with set-uid or device files. */
public record BindMount(Path source, String target, boolean readOnly) {
    public BindMount {
        if (!target.startsWith("/") || target.equals("/")) {
            throw new IllegalArgumentException("mount target '" + target + "' must be an absolute path below /");
        }
        for (String part : target.split("/")) {
            if (part.equals("..")) {
                throw new IllegalArgumentException("mount target '" + target + "' must not contain ..");
            }
        }
    }
}

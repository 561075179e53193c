package io.slipway.sandbox;

import io.slipway.linux.WindowSize;
import java.util.Optional;

/**
 * How a container is used by who starts it, while that one is there.
 *
 * @param input whether what it reads comes from there; otherwise it reads the end at once
 * @param terminal its first size, where input, output and error are a terminal of the container's own; nothing of it is kept in the log
 */
public record Console(boolean input, Optional<WindowSize> terminal) {
    /** It reads nothing, and writes to its log. */
    public static final Console NONE = new Console(false, Optional.empty());
}

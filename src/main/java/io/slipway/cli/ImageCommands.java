package io.slipway.cli;

import java.util.List;

/** The commands on the images of this host; they need no server. */
final class ImageCommands {
    private ImageCommands() {}

    static List<Object> all() {
        return List.of(new ImageCommand());
    }
}

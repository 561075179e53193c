package io.slipway.image.registry;

import java.io.IOException;

/** An answer that came whole and is not what was asked for. */
final class WrongContent extends IOException {
    private static final long serialVersionUID = 1L;

    WrongContent(String message) {
        super(message);
    }
}

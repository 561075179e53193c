package io.slipway.image;

import java.io.IOException;

/** An image that cannot be used: missing, damaged, for another machine, or refused. Nothing of it was stored as usable. */
public class ImageException extends IOException {
    private static final long serialVersionUID = 1L;

    public ImageException(String message) {
        super(message);
    }

    public ImageException(String message, Throwable cause) {
        super(message, cause);
    }
}

package io.slipway.fleet;

import java.io.IOException;

/** The other end of the fleet's wire could not be reached, refused, or was not understood. Nothing was lost: the sender tries again. */
public final class FleetException extends IOException {
    private static final long serialVersionUID = 1L;

    public FleetException(String message, Throwable cause) {
        super(message, cause);
    }

    public FleetException(String message) {
        super(message);
    }
}

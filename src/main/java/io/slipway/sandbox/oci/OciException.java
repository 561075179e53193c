package io.slipway.sandbox.oci;

import java.io.IOException;

/** An OCI operation that was refused or failed; the message says on what, why, and what to do. */
public final class OciException extends IOException {
    private static final long serialVersionUID = 1L;

    public OciException(String message) {
        super(message);
    }

    public OciException(String message, Throwable cause) {
        super(message, cause);
    }
}

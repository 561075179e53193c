package io.slipway.cli.oci;

/** A command line that means nothing. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}

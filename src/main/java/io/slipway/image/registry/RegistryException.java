package io.slipway.image.registry;

import io.slipway.image.ImageException;

/** A registry that did not give what it was asked for. The message says what was asked, what came, and what to do; never a credential. */
public final class RegistryException extends ImageException {
    private static final long serialVersionUID = 1L;
    private final Kind kind;

    RegistryException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    RegistryException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** Why. */
    public enum Kind {
        /** 401: no credentials, or wrong ones. */
        UNAUTHORIZED,
        /** 403: known, but not allowed. */
        DENIED,
        /** 404: no such image, tag or content. */
        NOT_FOUND,
        /** 429, or 503 with a time to wait: longer than our patience. */
        LIMITED,
        /** No connection, none that lasted, or only errors of the server's own. */
        UNREACHABLE,
        /** An answer that no registry should give: too large, no size, a loop of redirects. */
        BROKEN,
        /** An address or a way that is not allowed: plain HTTP, link-local, inward. */
        FORBIDDEN,
        /** What the operator set up cannot be used: a file, a helper. */
        SETUP
    }

    public Kind kind() {
        return kind;
    }
}

package io.slipway.sandbox;

import java.util.List;

/**
 * What the application may do beyond what any process may.
 *
 * @param capabilities names of those that root keeps, as {@code CAP_CHOWN}; another user has none
 */
public record Privileges(List<String> capabilities) {
    /** Less than Docker's: {@link Capabilities}. */
    public static final Privileges DEFAULT = new Privileges(Capabilities.DEFAULT);

    public Privileges {
        capabilities.forEach(Capabilities::number);
        capabilities = List.copyOf(capabilities);
    }

    public Privileges withCapabilities(List<String> other) {
        return new Privileges(other);
    }
}

package io.slipway.sandbox;

import io.slipway.sandbox.seccomp.Seccomp;
import java.util.List;
import java.util.Objects;

/**
 * What the application may do beyond what any process may.
 *
 * @param capabilities names of those that root keeps, as {@code CAP_CHOWN}; another user has none
 * @param seccomp which system calls may be made
 */
public record Privileges(List<String> capabilities, Seccomp seccomp) {
    /** Less than Docker's: {@link Capabilities}. */
    public static final Privileges DEFAULT = new Privileges(Capabilities.DEFAULT, Seccomp.DEFAULT);

    public Privileges {
        capabilities.forEach(Capabilities::number);
        capabilities = List.copyOf(capabilities);
        // A record of before there were filters names none.
        seccomp = Objects.requireNonNullElse(seccomp, Seccomp.DEFAULT);
    }

    public Privileges withCapabilities(List<String> other) {
        return new Privileges(other, seccomp);
    }

    public Privileges withSeccomp(Seccomp other) {
        return new Privileges(capabilities, other);
    }
}

package io.slipway.access;

import java.util.Arrays;
import java.util.Optional;

/** What a token may do. {@link #ADMIN} includes all; each of the others includes {@link #READ}. */
public enum Scope {
    /** See services, rollouts, decisions, hosts and runbooks. */
    READ,
    /** Submit releases. */
    RELEASE,
    /** Decide about rollouts: approve, pause, resume, promote, abort, accept, extend, unhold. */
    OPERATE,
    /** Push samples of a service's own metrics. */
    METRICS,
    /** Everything, also in an owner's place; tokens and webhooks. */
    ADMIN;

    /** The name in tokens, requests and messages. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    public static Optional<Scope> named(String label) {
        return Arrays.stream(values()).filter(s -> s.label().equals(label)).findFirst();
    }

    boolean includes(Scope other) {
        return this == other || this == ADMIN || other == READ;
    }
}

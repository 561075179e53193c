package io.slipway.sandbox;

import java.util.Map;
import java.util.Optional;

/**
 * What a container has of its own of what is else shared by all processes of a host (namespaces(7)).
 *
 * @param network whether the runtime's network is attached; otherwise there is only lo
 * @param user the ids that its user namespace gets; empty runs it without one, which is weaker
 * @param sysctls kernel parameters of its own network and IPC namespaces, by name, e.g. {@code net.ipv4.ip_unprivileged_port_start}
 */
public record Namespaces(String hostname, boolean network, Optional<IdRange> user, Map<String, String> sysctls) {
    private static final int HOSTNAME_CHARS_MAX = 63;

    public Namespaces {
        if (hostname.isBlank() || hostname.length() > HOSTNAME_CHARS_MAX) {
            throw new IllegalArgumentException("host name '" + hostname + "' is not 1 to 63 characters long");
        }
        sysctls = Map.copyOf(sysctls);
        sysctls.forEach((name, value) -> Sysctls.check(name, value, true, true));
    }

    /** All, without a network. */
    public static Namespaces of(String hostname) {
        return new Namespaces(hostname, false, Optional.of(IdRange.DEFAULT), Map.of());
    }

    public Namespaces withHostname(String other) {
        return new Namespaces(other, network, user, sysctls);
    }

    public Namespaces withNetwork(boolean other) {
        return new Namespaces(hostname, other, user, sysctls);
    }

    public Namespaces withUser(Optional<IdRange> other) {
        return new Namespaces(hostname, network, other, sysctls);
    }

    public Namespaces withSysctls(Map<String, String> other) {
        return new Namespaces(hostname, network, user, other);
    }
}

package io.slipway.sandbox;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a container has of its own of what is else shared by all processes of a host (namespaces(7)).
 *
 * @param network what it asks of the runtime's network; without it there is only lo
 * @param user ids of its user namespace. Empty: a range that no other container has is chosen at its start
 * @param host namespaces of the host that it is in, with the reason for each: less is kept apart than by default
 * @param joined those of another container that it is in
 * @param sysctls kernel parameters of its own network and IPC namespaces, by name, e.g. {@code net.ipv4.ip_unprivileged_port_start}
 * @param clocks of its own time namespace; with {@link ClockOffsets#NONE} it has the host's
 */
public record Namespaces(
        String hostname,
        Optional<Connection> network,
        Optional<IdRange> user,
        Map<Namespace, String> host,
        Optional<Joined> joined,
        Map<String, String> sysctls,
        ClockOffsets clocks) {
    private static final int REASON_CHARS_MAX = 200;

    /**
     * Namespaces of one other container. Its user namespace is always among them: only who is root there may enter the others.
     *
     * @param container its id; it must run when this one starts, and may end before it
     */
    public record Joined(String container, List<Namespace> namespaces) {
        public Joined {
            namespaces = List.copyOf(namespaces);
            if (namespaces.isEmpty() || namespaces.contains(Namespace.CGROUP)) {
                throw new IllegalArgumentException(
                        "of container " + container
                                + " there can be joined: user, pid, net, ipc, uts; each container is counted in a cgroup of its own");
            }
        }
    }

    public Namespaces {
        hostname = Hostname.checked(hostname);
        host = Map.copyOf(host);
        host.forEach(Namespaces::checkReason);
        sysctls = Map.copyOf(sysctls);
        // A record of before there were any.
        clocks = Objects.requireNonNullElse(clocks, ClockOffsets.NONE);
        checkTogether(network, user, host, joined);
        boolean ownNetwork = own(Namespace.NET, host, joined);
        boolean ownIpc = own(Namespace.IPC, host, joined);
        sysctls.forEach((name, value) -> Sysctls.check(name, value, ownNetwork, ownIpc));
    }

    private static void checkReason(Namespace namespace, String reason) {
        if (reason.isBlank() || reason.length() > REASON_CHARS_MAX) {
            throw new IllegalArgumentException("the host's " + namespace.text() + " namespace is asked for without a "
                    + "reason of 1 to " + REASON_CHARS_MAX + " characters: what is given up must be said why");
        }
    }

    private static void checkTogether(
            Optional<Connection> network,
            Optional<IdRange> user,
            Map<Namespace, String> host,
            Optional<Joined> joined) {
        for (Namespace namespace : joined.map(Joined::namespaces).orElse(List.of())) {
            if (host.containsKey(namespace)) {
                throw new IllegalArgumentException(
                        "the " + namespace.text() + " namespace cannot be both the host's and another container's");
            }
        }
        if (host.containsKey(Namespace.USER) && (user.isPresent() || joined.isPresent())) {
            throw new IllegalArgumentException(
                    "the host's user namespace is asked for, and so no ids can be chosen and no "
                            + "other container's namespaces be joined");
        }
        if (network.isPresent() && !own(Namespace.NET, host, joined)) {
            throw new IllegalArgumentException(
                    "the runtime's network can be attached only to a network namespace of the container's own");
        }
    }

    /** All of its own, without a network, for a container that was given no host name. */
    public static Namespaces ofContainer(String id) {
        return of(Hostname.of(id));
    }

    /** All of its own, without a network. */
    public static Namespaces of(String hostname) {
        return new Namespaces(
                hostname, Optional.empty(), Optional.empty(), Map.of(), Optional.empty(), Map.of(), ClockOffsets.NONE);
    }

    /** Whether it is neither the host's nor another container's. */
    public boolean own(Namespace namespace) {
        return own(namespace, host, joined);
    }

    private static boolean own(Namespace namespace, Map<Namespace, String> host, Optional<Joined> joined) {
        boolean shared = joined.isPresent()
                && (namespace == Namespace.USER || joined.get().namespaces().contains(namespace));
        return !host.containsKey(namespace) && !shared;
    }

    public Namespaces withHostname(String other) {
        return new Namespaces(other, network, user, host, joined, sysctls, clocks);
    }

    public Namespaces withNetwork(Connection other) {
        return new Namespaces(hostname, Optional.of(other), user, host, joined, sysctls, clocks);
    }

    public Namespaces withUser(IdRange other) {
        return new Namespaces(hostname, network, Optional.of(other), host, joined, sysctls, clocks);
    }

    /** @param reason why it may share this with the host; shown to who inspects it */
    public Namespaces withHost(Namespace namespace, String reason) {
        Map<Namespace, String> more = new EnumMap<>(Namespace.class);
        more.putAll(host);
        more.put(namespace, reason);
        return new Namespaces(hostname, network, user, more, joined, sysctls, clocks);
    }

    public Namespaces withJoined(Joined other) {
        return new Namespaces(hostname, network, user, host, Optional.of(other), sysctls, clocks);
    }

    public Namespaces withClocks(ClockOffsets other) {
        return new Namespaces(hostname, network, user, host, joined, sysctls, other);
    }

    public Namespaces withSysctls(Map<String, String> other) {
        return new Namespaces(hostname, network, user, host, joined, other, clocks);
    }
}

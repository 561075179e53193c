package io.slipway.sandbox.network;

import io.slipway.sandbox.PublishedPort;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;

/**
 * On a host whose kernel has no nftables, or does not let us use it. Containers of a network reach each other and the host without it; whatever needs
 * it is refused, and so is a network that could not be kept apart from others: one that the host leads packets from, unless it is internal, which is
 * seen to by the bridge's own settings.
 */
final class NoFilter implements PacketFilter {
    private static final String MEND =
            "Load it (modprobe nf_tables; a kernel with " + FilterRules.KERNEL_OPTIONS + "); 'slipway doctor' tries it";

    private final HostSide host;
    private final NetworkPlan plan;
    private final String problem;

    /** @param problem what the kernel said */
    NoFilter(HostSide host, NetworkPlan plan, String problem) {
        this.host = host;
        this.plan = plan;
        this.problem = problem;
    }

    @Override
    public void check(List<PublishedPort> ports) throws IOException {
        if (!plan.internal() && host.forwards4()) {
            throw refused(
                    "the host forwards packets: nothing would keep the network's containers from others, or let them leave"
                            + " behind the host's address",
                    "A network that is made --internal needs none");
        }
        if (!plan.subnet6().isEmpty() && host.forwards6()) {
            throw refused(
                    "the host forwards IPv6, which can be kept from no link without it",
                    "A network that is made --no-ipv6 (and --internal, where the host forwards IPv4) needs none");
        }
        if (!ports.isEmpty()) {
            throw refused(
                    "port " + ports.getFirst() + " cannot be published",
                    "Without --publish a container is reached from this host at its own address");
        }
    }

    private IOException refused(String what, String otherwise) {
        return new IOException(
                "network " + plan.bridge() + " cannot do this, as this host's packet filter does not answer (" + problem
                        + "): " + what + ". " + MEND + ". " + otherwise);
    }

    @Override
    public boolean stands() {
        return true;
    }

    @Override
    public void raise(Collection<Lease> leases) {}

    @Override
    public void lead(int httpPort, int dnsPort) throws IOException {
        throw refused(
                "ports 80 and 53 of " + plan.gateway() + " cannot be led to the edge",
                "The agent looks for it when it is started again");
    }

    @Override
    public void join(Lease lease) throws IOException {
        if (plan.internal()) {
            // Of IPv4, packets that come by the bridge are then for this host, or dropped (ip-sysctl.rst,
            // conf/INTERFACE/forwarding). Whoever switches the host's forwarding on sets it for all links again.
            host.setSysctl("ipv4/conf/" + plan.bridge() + "/forwarding", "0");
        }
    }

    @Override
    public void leave(Lease lease) {}

    @Override
    public void fall(Collection<Lease> leases) {}

    @Override
    public OptionalLong egress(Lease lease) {
        return OptionalLong.empty();
    }
}

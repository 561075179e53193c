package io.slipway.sandbox.network;

import io.slipway.linux.SyscallException;
import io.slipway.sandbox.PublishedPort;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Keeps a network apart from others, leads ports to its containers, and counts what they send away. */
interface PacketFilter {
    /** What the kernel offers. */
    static PacketFilter of(HostSide host, NetworkPlan plan) {
        Optional<SyscallException> missing = host.filterMissing();
        return missing.isEmpty()
                ? new NftablesFilter(host.filter(), plan)
                : new NoFilter(host, plan, String.valueOf(missing.get().getMessage()));
    }

    /** @throws IOException if containers cannot join with these ports, as the host is now; says why and what helps */
    void check(List<PublishedPort> ports) throws IOException;

    /** Whether the rules are there, and those of this version, and know the bridge. */
    boolean stands() throws IOException;

    /** Makes what is missing of it, e.g. after somebody has flushed all rules of the host. */
    void raise(Collection<Lease> leases) throws IOException;

    /** Leads the usual ports of the host's own address on the bridge to those of servers there, also if they led elsewhere before. */
    void lead(int httpPort, int dnsPort) throws IOException;

    /** @throws IOException if a port leads to another container already */
    void join(Lease lease) throws IOException;

    /** Does nothing for what is not there, or of another container: a port that it was refused. */
    void leave(Lease lease) throws IOException;

    /** Takes the network out; the table too, if it was the last. */
    void fall(Collection<Lease> leases) throws IOException;

    /** Bytes that have left the host by way of the container, to other machines; empty if they are not counted. */
    OptionalLong egress(Lease lease) throws IOException;
}

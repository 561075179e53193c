package io.slipway.sandbox.network;

import io.slipway.linux.CallLog;
import io.slipway.linux.Errno;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import io.slipway.linux.netlink.Addresses;
import io.slipway.linux.netlink.Ipv6;
import io.slipway.linux.netlink.Link;
import io.slipway.linux.netlink.Links;
import io.slipway.linux.netlink.NetlinkProtocol;
import io.slipway.linux.netlink.NetlinkRequest;
import io.slipway.linux.netlink.NetlinkSocket;
import io.slipway.linux.netlink.Routes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a container has of its network: eth0 with its addresses, the ways from it, and lo. */
final class ContainerSide {
    private static final String NAME = "eth0";
    private static final int LOOPBACK = 1;

    private static final Path ADVERTISEMENTS = Path.of("/proc/sys/net/ipv6/conf/" + NAME + "/accept_ra");

    private final HostSide host;
    private final NetworkPlan plan;
    private final boolean wayOut6;

    ContainerSide(HostSide host, NetworkPlan plan) throws IOException {
        this.host = host;
        this.plan = plan;
        // Without it packets to other machines would be lost without a word; programs try IPv6 first.
        wayOut6 = host.forwards6();
    }

    /** Makes both ends. */
    void connect(Lease lease, Link bridge, int pid) throws IOException {
        Links links = new Links(host.routes());
        Links.Peer peer = new Links.Peer(NAME, HardwareAddress.of(lease.address()), pid);
        try {
            links.createVeth(lease.link(), bridge, plan.mtu(), peer);
        } catch (SyscallException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
            // Left by one that was killed, under a lease that is gone.
            links.delete(lease.link());
            links.createVeth(lease.link(), bridge, plan.mtu(), peer);
        }
        host.door().inside(pid, () -> {
            Optional<Ipv6> six = plan.address6(lease.address());
            if (six.isPresent()) {
                // A neighbour could else have its packets sent by way of itself (CVE-2020-10749).
                Syscalls.writeFile(ADVERTISEMENTS, 0, 0, "0".getBytes(StandardCharsets.UTF_8));
            }
            try (NetlinkSocket inside = NetlinkSocket.open(NetlinkProtocol.ROUTE)) {
                Link link = new Links(inside)
                        .find(NAME)
                        .or(this::planned)
                        .orElseThrow(() -> new IOException("no " + NAME + " in the namespace of pid " + pid));
                inside.perform(requests(lease, link.index(), six));
            }
            return pid;
        });
    }

    /** As the first link of a new namespace after lo is numbered. */
    private Optional<Link> planned() {
        return CallLog.planning()
                ? Optional.of(new Link(LOOPBACK + 1, NAME, "veth", 0, false, plan.mtu()))
                : Optional.empty();
    }

    private List<NetlinkRequest> requests(Lease lease, int link, Optional<Ipv6> six) {
        List<NetlinkRequest> all = new ArrayList<>();
        all.add(Links.up(LOOPBACK));
        all.add(Links.up(link));
        all.add(Addresses.adding(link, lease.address(), plan.network().prefixLength()));
        all.add(Routes.addingDefault(plan.gateway()));
        if (six.isPresent()) {
            all.add(Addresses.adding(link, six.get(), NetworkPlan.PREFIX_6));
            if (wayOut6) {
                all.add(Routes.addingDefault(plan.gateway6().orElseThrow()));
            }
        }
        return all;
    }
}

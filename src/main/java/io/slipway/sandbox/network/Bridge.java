package io.slipway.sandbox.network;

import io.slipway.linux.CallLog;
import io.slipway.linux.Errno;
import io.slipway.linux.SyscallException;
import io.slipway.linux.netlink.Addresses;
import io.slipway.linux.netlink.Ipv4Network;
import io.slipway.linux.netlink.Link;
import io.slipway.linux.netlink.Links;
import io.slipway.linux.netlink.Routes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The host's end of a network: settled once, made when it is missing. */
final class Bridge {
    private static final String KIND = "bridge";
    private static final int MTU = 1500;
    private final HostSide host;
    private final Links links;

    Bridge(HostSide host) {
        this.host = host;
        links = new Links(host.routes());
    }

    /** As it was settled, or is now. */
    NetworkPlan plan(Path file, String name, NetworkOptions options) throws IOException {
        Optional<NetworkPlan> settled = NetworkPlan.read(file);
        if (settled.isPresent()) {
            return settled.get();
        }
        // A bridge by our name whose state is lost would have two networks: nothing on it is known any more.
        links.delete(name);
        List<Ipv4Network> taken = new ArrayList<>(new Addresses(host.routes()).networks());
        taken.addAll(new Routes(host.routes()).destinations());
        Ipv4Network subnet = options.subnet().isPresent()
                ? SubnetChoice.check(options.subnet().get(), taken)
                : SubnetChoice.choose(name, taken);
        boolean six =
                options.ipv6() && host.sysctl("ipv6/conf/all/disable_ipv6").equals("0");
        int mtu = options.mtu().isPresent() ? options.mtu().getAsInt() : mtu();
        NetworkPlan plan = new NetworkPlan(
                name, subnet.toString(), six ? SubnetChoice.uniqueLocal().toString() : "", mtu, options.internal());
        if (!CallLog.planning()) {
            plan.write(file);
        }
        return plan;
    }

    Link ensure(NetworkPlan plan) throws IOException {
        String name = plan.bridge();
        Optional<Link> there = links.find(name);
        if (there.isEmpty()) {
            make(plan);
            // Of one that is only planned, the number is not known.
            there = CallLog.planning() ? Optional.of(new Link(0, name, KIND, 0, true, plan.mtu())) : links.find(name);
        }
        Link bridge = there.filter(link -> link.kind().equals(KIND))
                .orElseThrow(() -> new IOException("link " + name + " is no bridge, or went away while it was made. "
                        + "Containers get no network; see who else uses that name"));
        Addresses addresses = new Addresses(host.routes());
        addresses.add(bridge.index(), plan.gateway(), plan.network().prefixLength());
        if (plan.gateway6().isPresent()) {
            // A container could else tell the host to send its packets by way of it (CVE-2020-10749).
            host.setSysctl("ipv6/conf/" + name + "/accept_ra", "0");
            addresses.add(bridge.index(), plan.gateway6().get(), NetworkPlan.PREFIX_6);
        }
        links.setUp(bridge.index());
        return bridge;
    }

    private void make(NetworkPlan plan) throws IOException {
        try {
            links.createBridge(plan.bridge(), HardwareAddress.of(plan.gateway()), plan.mtu());
        } catch (SyscallException e) {
            // Another process of the same owner was faster.
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
        }
    }

    /** Of the host's way out: what is larger would be cut there, or get lost. */
    private int mtu() throws IOException {
        int out = new Routes(host.routes()).defaultLink();
        return links.list().stream()
                .filter(link -> link.index() == out)
                .mapToInt(Link::mtu)
                .findFirst()
                .orElse(MTU);
    }
}

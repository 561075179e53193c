package io.slipway.sandbox.network;

import io.slipway.linux.netlink.Addresses;
import io.slipway.linux.netlink.Ipv4;
import io.slipway.linux.netlink.Ipv4Network;
import io.slipway.linux.netlink.Link;
import io.slipway.linux.netlink.Links;
import io.slipway.linux.netlink.NamespaceDoor;
import io.slipway.linux.netlink.NetlinkProtocol;
import io.slipway.linux.netlink.NetlinkSocket;
import io.slipway.linux.netlink.Routes;
import io.slipway.sandbox.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Containers on a bridge of their owner's, reachable from the host and from each other. Nothing else of the host is changed: no forwarding, no
 * packet filter.
 *
 * <pre>
 *   host: slipwayBRIDGE 10.a.b.1/20 --- slipwayHASH ==veth== eth0 10.a.b.c/20, default by 10.a.b.1 :container
 *   state/subnet           the network, chosen once
 *   state/leases/10.a.b.c  sandbox id and link
 * </pre>
 */
public final class BridgeNetwork implements Network, AutoCloseable {
    private static final Pattern BRIDGE = Pattern.compile("slipway[a-z0-9-]{1,8}");
    private static final Pattern SANDBOX = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");
    private static final int MTU = 1500;
    private static final int LOOPBACK = 1;
    private static final String INSIDE = "eth0";

    private final String bridgeName;
    private final Ipv4Network network;
    private final NetlinkSocket socket;
    private final Links links;
    private final Link bridge;
    private final Leases leases;
    private final Path stateDirectory;
    private final NamespaceDoor door = new NamespaceDoor();

    private BridgeNetwork(
            String bridgeName, Ipv4Network network, NetlinkSocket socket, Link bridge, Leases leases, Path state) {
        this.bridgeName = bridgeName;
        this.network = network;
        this.socket = socket;
        this.links = new Links(socket);
        this.bridge = bridge;
        this.leases = leases;
        this.stateDirectory = state;
    }

    /**
     * Makes the bridge, or finds it with the leases of before.
     *
     * @param stateDirectory made if missing; belongs to one owner
     * @param bridgeName {@code slipway} and 1 to 8 of a-z, 0-9 and dash; unique to the owner on this host
     */
    public static BridgeNetwork open(Path stateDirectory, String bridgeName) throws IOException {
        if (!BRIDGE.matcher(bridgeName).matches()) {
            throw new IllegalArgumentException(
                    "'" + bridgeName + "' is no name for a bridge of ours: slipway and 1 to 8 of a-z, 0-9 and dash");
        }
        Path state = Files.createDirectories(stateDirectory);
        NetlinkSocket socket = NetlinkSocket.open(NetlinkProtocol.ROUTE);
        try {
            Links links = new Links(socket);
            Ipv4Network network = network(state, bridgeName, socket, links);
            Link bridge = bridge(bridgeName, network, links);
            new Addresses(socket).add(bridge.index(), network.first().plus(1), network);
            links.setUp(bridge.index());
            Leases leases = new Leases(state.resolve("leases"), network, bridgeName);
            leases.load();
            return new BridgeNetwork(bridgeName, network, socket, bridge, leases, state);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public Attachment attach(String sandboxId, int pid) throws IOException {
        if (!SANDBOX.matcher(sandboxId).matches()) {
            throw new IllegalArgumentException("'" + sandboxId + "' is no id of a sandbox");
        }
        Lease lease = leases.take(sandboxId);
        try {
            // What a killed agent left under this name is not in the leases any more.
            links.delete(lease.link());
            Links.Peer peer = new Links.Peer(INSIDE, hardwareAddress(lease.address()), pid);
            links.createVeth(lease.link(), bridge, MTU, peer);
            setUpInside(pid, lease.address());
            return new Attachment(
                    lease.address().toString(),
                    network.prefixLength(),
                    network.first().plus(1).toString());
        } catch (IOException e) {
            takeBack(lease, e);
            throw new IOException(
                    "cannot join sandbox " + sandboxId + " (pid " + pid + ") to bridge " + bridgeName + ": "
                            + e.getMessage() + ". Nothing of it is left",
                    e);
        }
    }

    @Override
    public void detach(String sandboxId) throws IOException {
        Optional<Lease> lease = leases.find(sandboxId);
        if (lease.isPresent()) {
            links.delete(lease.get().link());
            leases.release(lease.get());
        }
    }

    /**
     * Takes back what belongs to no sandbox: leases, and ports of the bridge that no lease names.
     *
     * @return what was removed, for people
     */
    public List<String> reconcile(Set<String> keep) throws IOException {
        List<String> removed = new ArrayList<>();
        for (Lease lease : leases.all()) {
            if (!keep.contains(lease.sandboxId())) {
                detach(lease.sandboxId());
                removed.add("address " + lease.address() + " of " + lease.sandboxId());
            }
        }
        List<String> leased = leases.all().stream().map(Lease::link).toList();
        for (Link link : links.list()) {
            boolean ours = link.master() == bridge.index() && link.name().startsWith("slipway");
            if (ours && !leased.contains(link.name())) {
                links.delete(link.name());
                removed.add("link " + link.name());
            }
        }
        return removed;
    }

    /** Addresses of containers and of the host's end are within. */
    public String subnet() {
        return network.toString();
    }

    /** The host's own address on the bridge. */
    public String gateway() {
        return network.first().plus(1).toString();
    }

    /** Lets go; bridge, containers and leases stay. */
    @Override
    public void close() {
        door.close();
        socket.close();
    }

    /** Removes the bridge, every device on it and the state; then lets go. Containers lose their network. */
    public void deleteBridge() throws IOException {
        try {
            reconcile(Set.of());
            links.delete(bridgeName);
            Files.deleteIfExists(stateDirectory.resolve("leases"));
            Files.deleteIfExists(stateDirectory.resolve("subnet"));
        } finally {
            close();
        }
    }

    private static Ipv4Network network(Path state, String bridgeName, NetlinkSocket socket, Links links)
            throws IOException {
        SubnetChoice choice = new SubnetChoice(state.resolve("subnet"));
        Optional<Ipv4Network> remembered = choice.remembered();
        if (remembered.isPresent()) {
            return remembered.get();
        }
        // A bridge by our name whose state is lost would have two networks: nothing on it is known any more.
        links.delete(bridgeName);
        List<Ipv4Network> taken = new ArrayList<>(new Addresses(socket).networks());
        taken.addAll(new Routes(socket).destinations());
        return choice.choose(bridgeName, taken);
    }

    private static Link bridge(String name, Ipv4Network network, Links links) throws IOException {
        Optional<Link> there = links.find(name);
        if (there.isEmpty()) {
            links.createBridge(name, hardwareAddress(network.first().plus(1)));
            there = links.find(name);
        }
        return there.filter(link -> link.kind().equals("bridge"))
                .orElseThrow(() -> new IOException("link " + name + " is no bridge, or went away while it was made. "
                        + "Containers get no network; see who else uses that name"));
    }

    private void setUpInside(int pid, Ipv4 address) throws IOException {
        try (NetlinkSocket inside = door.open(pid, NetlinkProtocol.ROUTE)) {
            Links there = new Links(inside);
            there.setUp(LOOPBACK);
            Link eth0 = there.find(INSIDE)
                    .orElseThrow(() -> new IOException("no " + INSIDE + " in the namespace of pid " + pid));
            there.setUp(eth0.index());
            new Addresses(inside).add(eth0.index(), address, network);
            new Routes(inside).addDefault(network.first().plus(1));
        }
    }

    private void takeBack(Lease lease, IOException failure) {
        try {
            links.delete(lease.link());
            leases.release(lease);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** By the IP address, locally administered: when an address passes to another container, no neighbour's cache is wrong. */
    private static byte[] hardwareAddress(Ipv4 address) {
        byte[] ip = address.bytes();
        return new byte[] {0x02, 0x5c, ip[0], ip[1], ip[2], ip[3]};
    }
}

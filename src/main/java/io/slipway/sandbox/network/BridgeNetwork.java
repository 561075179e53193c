package io.slipway.sandbox.network;

import io.slipway.linux.CallLog;
import io.slipway.linux.Errno;
import io.slipway.linux.SyscallException;
import io.slipway.linux.netlink.Link;
import io.slipway.linux.netlink.Links;
import io.slipway.sandbox.Connection;
import io.slipway.sandbox.Network;
import io.slipway.sandbox.PublishedPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Containers on a bridge of their owner's: they reach each other, the host, and by way of it other machines, if the host forwards packets; from
 * elsewhere only their published ports are reached. Of the host nothing is changed but the bridge, what hangs on it, and table {@code inet slipway}.
 *
 * <pre>
 *   host: slipwayBRIDGE 10.a.b.1/20 --- slipwayHASH ==veth== eth0 10.a.b.c/20, default by 10.a.b.1 :container
 *   state/network.json     what was settled when it was made
 *   state/leases/10.a.b.c  sandbox id, link, published ports
 * </pre>
 */
public final class BridgeNetwork implements Network, AutoCloseable {
    private static final Pattern BRIDGE = Pattern.compile("slipway[a-z0-9-]{1,8}");
    private static final Pattern SANDBOX = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");

    private final NetworkPlan plan;
    private final HostSide host;
    private final Link bridge;
    private final Leases leases;
    private final Path stateDirectory;
    private final PacketFilter filter;
    private final ContainerSide inside;
    private final Set<Lease> leaving = ConcurrentHashMap.newKeySet();
    private volatile Optional<Resolver> resolver = Optional.empty();

    private BridgeNetwork(NetworkPlan plan, HostSide host, Link bridge, Leases leases, Path state) throws IOException {
        this.plan = plan;
        this.host = host;
        this.bridge = bridge;
        this.leases = leases;
        this.stateDirectory = state;
        filter = PacketFilter.of(host, plan);
        inside = new ContainerSide(host, plan);
    }

    /** As usual. */
    public static BridgeNetwork open(Path stateDirectory, String bridgeName) throws IOException {
        return open(stateDirectory, bridgeName, NetworkOptions.DEFAULT);
    }

    /**
     * Makes the bridge, or finds it with the leases of before.
     *
     * @param stateDirectory made if missing; belongs to one owner
     * @param bridgeName {@code slipway} and 1 to 8 of a-z, 0-9 and dash; unique to the owner on this host
     * @param options for one that is made; one that is there stays as it is
     */
    public static BridgeNetwork open(Path stateDirectory, String bridgeName, NetworkOptions options)
            throws IOException {
        HostSide host = HostSide.own();
        try {
            return open(stateDirectory, bridgeName, options, host);
        } catch (IOException | RuntimeException e) {
            host.close();
            throw e;
        }
    }

    static BridgeNetwork open(Path stateDirectory, String bridgeName, NetworkOptions options, HostSide host)
            throws IOException {
        if (!BRIDGE.matcher(bridgeName).matches()) {
            throw new IllegalArgumentException(
                    "'" + bridgeName + "' is no name for a bridge of ours: slipway and 1 to 8 of a-z, 0-9 and dash");
        }
        Path state = CallLog.planning() ? stateDirectory : Files.createDirectories(stateDirectory);
        Bridge made = new Bridge(host);
        Path file = state.resolve("network.json");
        boolean isNew = !Files.exists(file);
        NetworkPlan plan = made.plan(file, bridgeName, options);
        try {
            PacketFilter filter = PacketFilter.of(host, plan);
            if (isNew) {
                filter.check(List.of());
            }
            Leases leases = new Leases(state.resolve("leases"), plan.network(), bridgeName);
            leases.load();
            // Before there is a link: no packet may pass it without the rules.
            if (!filter.stands()) {
                filter.raise(leases.all());
            }
            return new BridgeNetwork(plan, host, made.ensure(plan), leases, state);
        } catch (IOException e) {
            if (isNew && !CallLog.planning()) {
                Files.deleteIfExists(file);
            }
            throw e;
        }
    }

    @Override
    public Attachment attach(String sandboxId, Connection wanted, int pid) throws IOException {
        Joining joining = join(sandboxId, wanted, pid);
        joining.rest().take();
        return joining.attachment();
    }

    @Override
    public Joining join(String sandboxId, Connection wanted, int pid) throws IOException {
        if (!SANDBOX.matcher(sandboxId).matches()) {
            throw new IllegalArgumentException("'" + sandboxId + "' is no id of a sandbox");
        }
        check(wanted);
        for (Lease lease : leaving) {
            if (lease.sandboxId().equals(sandboxId)) {
                release(lease);
            }
        }
        Lease lease = leases.take(sandboxId, wanted.ports());
        Attachment attachment = new Attachment(
                lease.address().toString(),
                plan.network().prefixLength(),
                plan.gateway().toString(),
                plan.address6(lease.address()).map(Object::toString));
        return new Joining(attachment, () -> connect(lease, pid));
    }

    private void connect(Lease lease, int pid) throws IOException {
        try {
            filter(lease);
            inside.connect(lease, bridge, pid);
        } catch (IOException e) {
            takeBack(lease, e);
            throw new IOException(
                    "cannot join sandbox " + lease.sandboxId() + " (pid " + pid + ") to bridge " + plan.bridge() + ": "
                            + e.getMessage() + ". Nothing of it is left",
                    e);
        }
    }

    @Override
    public void detach(String sandboxId, Connection joined) throws IOException {
        leave(sandboxId, joined).take();
    }

    @Override
    public Rest leave(String sandboxId, Connection joined) throws IOException {
        Optional<Lease> lease = leases.find(sandboxId);
        if (lease.isEmpty()) {
            return () -> {};
        }
        leaving.add(lease.get());
        filter.leave(lease.get());
        return () -> release(lease.get());
    }

    /** Its address is not given to another before the link is gone: what is left of the old namespace would answer for it. */
    private synchronized void release(Lease lease) throws IOException {
        if (leaving.contains(lease)) {
            new Links(host.routes()).delete(lease.link());
            leases.release(lease);
            leaving.remove(lease);
        }
    }

    /** Without those that are leaving: their rules are gone already. */
    private List<Lease> standing() throws IOException {
        return leases.all().stream().filter(lease -> !leaving.contains(lease)).toList();
    }

    @Override
    public Optional<Traffic> traffic(String sandboxId, Connection joined) throws IOException {
        Optional<Lease> lease = leases.find(sandboxId);
        if (lease.isEmpty()) {
            return Optional.empty();
        }
        Optional<Links.Traffic> passed =
                new Links(host.routes()).traffic(lease.get().link());
        return Optional.of(new Traffic(
                // What comes out of the host's end went into the container's.
                passed.map(Links.Traffic::receivedBytes),
                passed.map(Links.Traffic::sentBytes),
                filter.egress(lease.get())));
    }

    /**
     * Takes back what belongs to no sandbox: leases, and ports of the bridge that no lease names. Makes the rules again if somebody has removed them.
     *
     * @return what was removed, for people
     */
    public List<String> reconcile(Set<String> keep) throws IOException {
        List<String> removed = new ArrayList<>();
        for (Lease lease : leases.all()) {
            if (!keep.contains(lease.sandboxId())) {
                detach(lease.sandboxId(), Connection.DEFAULT);
                removed.add("address " + lease.address() + " of " + lease.sandboxId());
            }
        }
        Links links = new Links(host.routes());
        List<String> leased = leases.all().stream().map(Lease::link).toList();
        for (Link link : links.list()) {
            boolean ours = link.master() == bridge.index() && link.name().startsWith("slipway");
            if (ours && !leased.contains(link.name())) {
                links.delete(link.name());
                removed.add("link " + link.name());
            }
        }
        if (!filter.stands()) {
            filter.raise(standing());
        }
        return removed;
    }

    /**
     * Leads the host's address on the network to servers there that may not listen at the usual ports: HTTP, and names, which containers that are
     * started from now on ask for. May be repeated, also with other ports.
     *
     * @param httpPort of a server at {@link #gateway}
     * @param dnsPort of one there, by UDP and TCP
     * @param domain in which containers look for short names first
     */
    public void lead(int httpPort, int dnsPort, String domain) throws IOException {
        if (!filter.stands()) {
            filter.raise(standing());
        }
        filter.lead(httpPort, dnsPort);
        resolver = Optional.of(new Resolver(plan.gateway().toString(), domain));
    }

    @Override
    public Optional<Resolver> resolver(Connection wanted) {
        return resolver;
    }

    /** Addresses of containers and of the host's end are within. */
    public String subnet() {
        return plan.subnet();
    }

    /** Its IPv6 addresses are within; empty without IPv6. */
    public String subnet6() {
        return plan.subnet6().isEmpty() ? "" : plan.subnet6() + "/" + NetworkPlan.PREFIX_6;
    }

    /** Of {@link #subnet}. */
    public int prefixLength() {
        return plan.network().prefixLength();
    }

    /** The host's own address on the bridge. */
    public String gateway() {
        return plan.gateway().toString();
    }

    /** Name of the bridge's link. */
    public String bridge() {
        return plan.bridge();
    }

    /** Of its links, in bytes. */
    public int mtu() {
        return plan.mtu();
    }

    /** Whether its containers reach nothing but each other and the host. */
    public boolean internal() {
        return plan.internal();
    }

    /** Who is on it. */
    public List<Member> members() throws IOException {
        return standing().stream().map(lease -> Member.of(lease, plan)).toList();
    }

    /** A sandbox on the network, with its addresses. */
    public record Member(String sandboxId, String address, Optional<String> address6, List<PublishedPort> ports) {
        static Member of(Lease lease, NetworkPlan plan) {
            return new Member(
                    lease.sandboxId(),
                    lease.address().toString(),
                    plan.address6(lease.address()).map(Object::toString),
                    lease.ports());
        }
    }

    /** Lets go; bridge, rules, containers and leases stay. */
    @Override
    public void close() {
        host.close();
    }

    /** Removes the bridge, every device on it, its rules and the state; then lets go. Containers lose their network. */
    public void deleteBridge() throws IOException {
        try {
            reconcile(Set.of());
            new Links(host.routes()).delete(plan.bridge());
            filter.fall(leases.all());
            Files.deleteIfExists(stateDirectory.resolve("leases"));
            Files.deleteIfExists(stateDirectory.resolve("network.json"));
        } finally {
            close();
        }
    }

    private void check(Connection wanted) throws IOException {
        filter.check(wanted.ports());
        for (PublishedPort port : wanted.ports()) {
            if (port.address().indexOf(':') >= 0 && plan.subnet6().isEmpty()) {
                throw new IOException("port " + port + " cannot be published: the network has no IPv6");
            }
            if (plan.internal() && !port.local()) {
                throw new IOException("port " + port
                        + " cannot be published: the network is internal, nobody but the host reaches it. "
                        + "Publish at 127.0.0.1, or on another network");
            }
            if (host.isOwn()) {
                HostPort.check(port);
            }
        }
        if (wanted.ports().stream()
                .anyMatch(port -> port.local() || port.address().equals("0.0.0.0"))) {
            new Links(host.routes()).leadFromLoopback(bridge.index());
        }
    }

    private void filter(Lease lease) throws IOException {
        try {
            filter.join(lease);
        } catch (SyscallException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
            // Somebody has flushed all rules of the host.
            List<Lease> others = new ArrayList<>(standing());
            others.removeIf(other -> other.sandboxId().equals(lease.sandboxId()));
            filter.raise(others);
            filter.join(lease);
        }
    }

    private void takeBack(Lease lease, IOException failure) {
        try {
            new Links(host.routes()).delete(lease.link());
            filter.leave(lease);
            leases.release(lease);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}

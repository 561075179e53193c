package io.slipway.sandbox.network;

import io.slipway.linux.Errno;
import io.slipway.linux.SyscallException;
import io.slipway.linux.netlink.IpAddress;
import io.slipway.linux.netlink.Ipv4;
import io.slipway.linux.netlink.Ipv6;
import io.slipway.linux.nftables.NftBatch;
import io.slipway.linux.nftables.NftElement;
import io.slipway.linux.nftables.NftSet;
import io.slipway.linux.nftables.Nftables;
import io.slipway.sandbox.PublishedPort;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What one network has in the sets of {@link FilterRules}. */
final class NftablesFilter implements PacketFilter {
    private static final int TRIES = 100;
    private static final int HTTP = 80;
    private static final int DNS = 53;
    private final Nftables nftables;
    private final NetworkPlan plan;

    NftablesFilter(Nftables nftables, NetworkPlan plan) {
        this.nftables = nftables;
        this.plan = plan;
    }

    /** What is taken is seen when it is made. */
    @Override
    public void check(List<PublishedPort> ports) {}

    @Override
    public boolean stands() throws IOException {
        return nftables.element(FilterRules.TABLE, FilterRules.VERSIONS, FilterRules.version())
                        .isPresent()
                && nftables.element(FilterRules.TABLE, FilterRules.WITHIN, within())
                        .isPresent();
    }

    @Override
    public void raise(Collection<Lease> leases) throws IOException {
        NftBatch batch = FilterRules.make();
        bridge().forEach((set, element) -> batch.add(set, List.of(element)));
        Map<NftSet, List<NftElement>> all = new LinkedHashMap<>();
        leases.forEach(lease -> elements(lease)
                .forEach((set, some) ->
                        all.computeIfAbsent(set, any -> new ArrayList<>()).addAll(some)));
        all.forEach(batch::add);
        try {
            nftables.commit(batch);
        } catch (SyscallException e) {
            throw new IOException(
                    "table inet " + FilterRules.TABLE + " of the packet filter could not be made, so network "
                            + plan.bridge() + " was not: " + e.getMessage() + ". It takes a kernel with "
                            + FilterRules.KERNEL_OPTIONS + "; 'slipway doctor' tries it",
                    e);
        }
    }

    @Override
    public void lead(int httpPort, int dnsPort) throws IOException {
        List<NftElement> now = led(httpPort, dnsPort);
        List<NftElement> other = new ArrayList<>();
        List<NftElement> missing = new ArrayList<>();
        for (NftElement one : now) {
            if (!nftables.has(FilterRules.TABLE, FilterRules.PUBLISHED_4, one)) {
                missing.add(one);
                nftables.element(FilterRules.TABLE, FilterRules.PUBLISHED_4, one)
                        .ifPresent(_ -> other.add(one));
            }
        }
        if (!missing.isEmpty()) {
            NftBatch batch = new NftBatch(FilterRules.TABLE);
            nftables.commit(batch.remove(FilterRules.PUBLISHED_4, other).addNew(FilterRules.PUBLISHED_4, missing));
        }
    }

    private List<NftElement> led(int httpPort, int dnsPort) {
        int tcp = PublishedPort.Protocol.TCP.number();
        return List.of(
                led(tcp, HTTP, httpPort),
                led(tcp, DNS, dnsPort),
                led(PublishedPort.Protocol.UDP.number(), DNS, dnsPort));
    }

    private NftElement led(int protocol, int from, int to) {
        byte[] host = plan.gateway().bytes();
        return new NftElement("edge of " + plan.bridge())
                .address(host)
                .protocol(protocol)
                .port(from)
                .leadsTo()
                .address(host)
                .port(to);
    }

    @Override
    public void join(Lease lease) throws IOException {
        try {
            enter(lease);
        } catch (SyscallException e) {
            if (e.errno() == Errno.EEXIST) {
                throw new IOException(taken(lease), e);
            }
            throw e;
        }
    }

    private void enter(Lease lease) throws IOException {
        NftBatch batch = new NftBatch(FilterRules.TABLE);
        // An address is ours alone; a port may be taken.
        elements(lease).forEach((set, some) -> {
            if (set.data().isEmpty()) {
                batch.add(set, some);
            } else {
                batch.addNew(set, some);
            }
        });
        nftables.commit(batch);
    }

    @Override
    public void leave(Lease lease) throws IOException {
        Map<NftSet, List<NftElement>> own = new LinkedHashMap<>();
        for (Map.Entry<NftSet, List<NftElement>> some : elements(lease).entrySet()) {
            List<NftElement> there = new ArrayList<>();
            for (NftElement one : some.getValue()) {
                if (some.getKey().data().isEmpty() || nftables.has(FilterRules.TABLE, some.getKey(), one)) {
                    there.add(one);
                }
            }
            own.put(some.getKey(), there);
        }
        remove(own);
    }

    @Override
    public void fall(Collection<Lease> leases) throws IOException {
        for (Lease lease : leases) {
            leave(lease);
        }
        Map<NftSet, List<NftElement>> bridge = new LinkedHashMap<>();
        bridge().forEach((set, element) -> bridge.put(set, List.of(element)));
        // What is removed is told by its key, wherever it leads.
        bridge.put(FilterRules.PUBLISHED_4, led(HTTP, DNS));
        remove(bridge);
        for (int i = 0; i < TRIES; i++) {
            int generation = nftables.generation();
            if (!nftables.elements(FilterRules.TABLE, FilterRules.WITHIN).isEmpty() || deleted(generation)) {
                return;
            }
        }
        throw new IOException("table inet " + FilterRules.TABLE
                + " is left, though no network uses it: other rules of the host changed " + TRIES
                + " times meanwhile. It does nothing; 'nft delete table inet " + FilterRules.TABLE + "' removes it");
    }

    @Override
    public OptionalLong egress(Lease lease) throws IOException {
        long bytes = 0;
        boolean counted = false;
        for (NftSet set : List.of(FilterRules.EGRESS_4, FilterRules.EGRESS_6)) {
            for (NftElement element : elements(lease).getOrDefault(set, List.of())) {
                Optional<Nftables.Counted> found = nftables.element(FilterRules.TABLE, set, element);
                counted |= found.isPresent();
                bytes += found.map(Nftables.Counted::bytes).orElse(0L);
            }
        }
        return counted ? OptionalLong.of(bytes) : OptionalLong.empty();
    }

    private boolean deleted(int generation) throws IOException {
        try {
            nftables.commit(new NftBatch(FilterRules.TABLE).since(generation).deleteTable());
            return true;
        } catch (SyscallException e) {
            if (e.errno() == Errno.ENOENT) {
                return true;
            }
            if (e.errno() == Errno.ERESTART) {
                return false;
            }
            throw e;
        }
    }

    private void remove(Map<NftSet, List<NftElement>> elements) throws IOException {
        NftBatch batch = new NftBatch(FilterRules.TABLE);
        elements.forEach(batch::remove);
        if (removed(batch)) {
            return;
        }
        // One of them is missing, so none was removed.
        for (Map.Entry<NftSet, List<NftElement>> some : elements.entrySet()) {
            for (NftElement one : some.getValue()) {
                removed(new NftBatch(FilterRules.TABLE).remove(some.getKey(), List.of(one)));
            }
        }
    }

    private boolean removed(NftBatch batch) throws IOException {
        try {
            nftables.commit(batch);
            return true;
        } catch (SyscallException e) {
            if (e.errno() == Errno.ENOENT) {
                return false;
            }
            throw e;
        }
    }

    private NftElement within() {
        return new NftElement("").link(plan.bridge()).link(plan.bridge());
    }

    private Map<NftSet, NftElement> bridge() {
        Map<NftSet, NftElement> elements = new LinkedHashMap<>();
        elements.put(FilterRules.BRIDGES, new NftElement("").link(plan.bridge()));
        elements.put(FilterRules.WITHIN, within());
        if (plan.internal()) {
            elements.put(FilterRules.INTERNAL, new NftElement("").link(plan.bridge()));
        }
        return elements;
    }

    private Map<NftSet, List<NftElement>> elements(Lease lease) {
        Map<NftSet, List<NftElement>> elements = new LinkedHashMap<>();
        Optional<Ipv6> six = plan.address6(lease.address());
        elements.put(FilterRules.EGRESS_4, List.of(counted(lease, lease.address())));
        six.ifPresent(address -> elements.put(FilterRules.EGRESS_6, List.of(counted(lease, address))));
        for (PublishedPort port : lease.ports()) {
            IpAddress at = IpAddress.parse(port.address());
            boolean four = at instanceof Ipv4;
            NftSet set = at.any()
                    ? four ? FilterRules.ANYWHERE_4 : FilterRules.ANYWHERE_6
                    : four ? FilterRules.PUBLISHED_4 : FilterRules.PUBLISHED_6;
            IpAddress inside = four ? lease.address() : six.orElseThrow();
            elements.computeIfAbsent(set, any -> new ArrayList<>()).add(published(lease, port, at, inside));
        }
        return elements;
    }

    private static NftElement counted(Lease lease, IpAddress address) {
        return new NftElement(lease.sandboxId()).address(address.bytes());
    }

    private static NftElement published(Lease lease, PublishedPort port, IpAddress at, IpAddress inside) {
        NftElement element = new NftElement(lease.sandboxId());
        if (!at.any()) {
            element.address(at.bytes());
        }
        return element.protocol(port.protocol().number())
                .port(port.hostPort())
                .leadsTo()
                .address(inside.bytes())
                .port(port.port());
    }

    private String taken(Lease lease) throws IOException {
        for (PublishedPort port : lease.ports()) {
            Lease alone = new Lease(lease.sandboxId(), lease.address(), lease.link(), List.of(port));
            for (Map.Entry<NftSet, List<NftElement>> some : elements(alone).entrySet()) {
                Optional<Nftables.Counted> there = some.getKey().data().isEmpty()
                        ? Optional.empty()
                        : nftables.element(
                                FilterRules.TABLE,
                                some.getKey(),
                                some.getValue().getFirst());
                if (there.isPresent()) {
                    return "port " + port.hostPort() + "/" + port.protocol() + " at " + port.address()
                            + " leads to container " + there.get().comment()
                            + " already. Remove that first, or publish at another port";
                }
            }
        }
        return "address " + lease.address() + " is counted for another container already";
    }
}

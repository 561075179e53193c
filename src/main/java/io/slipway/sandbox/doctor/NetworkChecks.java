package io.slipway.sandbox.doctor;

import io.slipway.linux.KernelProbe;
import io.slipway.linux.Spawn;
import io.slipway.linux.SyscallException;
import io.slipway.linux.netlink.Link;
import io.slipway.linux.netlink.Links;
import io.slipway.linux.netlink.NamespaceDoor;
import io.slipway.linux.netlink.NetfilterProbe;
import io.slipway.linux.netlink.NetlinkProtocol;
import io.slipway.linux.netlink.NetlinkSocket;
import io.slipway.linux.nftables.NftChain;
import io.slipway.linux.nftables.Nftables;
import io.slipway.sandbox.doctor.Doctor.Check;
import io.slipway.sandbox.network.FilterTrial;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Devices and packet filters for containers' networks, tried in a network namespace that ends with the try. */
final class NetworkChecks {
    private static final String AREA = "network";
    private static final String BRIDGE = "slipwaydoc0";
    private static final byte[] HARDWARE_ADDRESS = {2, 0x5c, 0, 0, 0, 1};
    private static final int MTU = 1500;

    private NetworkChecks() {}

    static List<Check> all(Doctor.Host host, List<Integer> ports) {
        List<Check> checks = new ArrayList<>(List.of(
                Check.of(AREA, "bridge and veth", () -> List.of(devices(host))),
                Check.of(AREA, "nftables", () -> List.of(nftables(host))),
                Check.of(AREA, "forwarding", () -> List.of(forwarding())),
                Check.of(AREA, "other packet filters", () -> List.of(others(host)))));
        for (int port : ports) {
            checks.add(Check.of(AREA, "port " + port, () -> List.of(port(port))));
        }
        return checks;
    }

    private static Finding devices(Doctor.Host host) throws IOException {
        if (!host.root()) {
            return Finding.unknown(AREA, "bridge and veth", "only root may enter a network namespace to try them");
        }
        String[] refused = {"not reached"};
        try (Trial trial = new Trial(Spawn.NEWNET);
                NamespaceDoor door = new NamespaceDoor()) {
            trial.run(child -> refused[0] = make(door, child.pid()));
        }
        return refused[0].isEmpty()
                ? Finding.good(AREA, "bridge and veth", "made, in a namespace that is gone again")
                : Finding.limited(
                        AREA,
                        "bridge and veth",
                        refused[0],
                        "containers have no network but loopback and the host's",
                        "modprobe bridge veth, or a kernel with CONFIG_BRIDGE and CONFIG_VETH");
    }

    /** Returns what was refused; nothing when all was done. */
    private static String make(NamespaceDoor door, int pid) {
        try (NetlinkSocket inside = door.open(pid, NetlinkProtocol.ROUTE)) {
            Links links = new Links(inside);
            links.createBridge(BRIDGE, HARDWARE_ADDRESS, MTU);
            Link bridge = links.find(BRIDGE).orElseThrow(() -> new IOException("the bridge is gone"));
            links.createVeth("slipwaydoc1", bridge, MTU, new Links.Peer("slipwaydoc2", HARDWARE_ADDRESS, pid));
            return "";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static Finding nftables(Doctor.Host host) throws IOException {
        KernelProbe.Tried tried = NetfilterProbe.nftables();
        if (!host.root()) {
            return tried.done()
                    ? Finding.good(AREA, "nftables", "answers")
                    : Finding.unknown(AREA, "nftables", "NFT_MSG_GETGEN: " + tried.text());
        }
        Optional<String> refused = tried.done() ? rules() : Optional.of("NFT_MSG_GETGEN: " + tried.text());
        return refused.map(why -> Finding.limited(
                        AREA,
                        "nftables",
                        why,
                        "no ports are published, services have no names inside, what leaves the host is not counted; networks only"
                                + " where the host does not forward packets (or --internal)",
                        "modprobe nf_tables, or a kernel with " + FilterTrial.KERNEL_OPTIONS))
                .orElseGet(
                        () -> Finding.good(AREA, "nftables", "all rules were made, in a namespace that is gone again"));
    }

    private static Optional<String> rules() throws IOException {
        List<String> refused = new ArrayList<>();
        try (Trial trial = new Trial(Spawn.NEWNET);
                NamespaceDoor door = new NamespaceDoor()) {
            trial.run(child -> FilterTrial.refused(door, child.pid()).ifPresent(refused::add));
        }
        return refused.stream().findFirst();
    }

    private static Finding forwarding() {
        boolean on = Doctor.text("/proc/sys/net/ipv4/ip_forward").equals("1");
        return on
                ? Finding.good(AREA, "forwarding", "net.ipv4.ip_forward is 1")
                : Finding.limited(
                        AREA,
                        "forwarding",
                        "net.ipv4.ip_forward is 0",
                        "containers reach the host and each other, and no other machine",
                        "sysctl net.ipv4.ip_forward=1, if they are to");
    }

    private static Finding others(Doctor.Host host) throws IOException {
        String name = "other packet filters";
        if (!host.root()) {
            return Finding.unknown(AREA, name, "only root may list them");
        }
        try (NetlinkSocket socket = NetlinkSocket.open(NetlinkProtocol.NETFILTER)) {
            return others(new Nftables(socket).chains());
        } catch (SyscallException e) {
            return Finding.unknown(AREA, name, "nftables, which would list them: " + e.getMessage());
        }
    }

    /** A drop is final, whatever another table says. */
    static Finding others(List<Nftables.BaseChain> chains) {
        String name = "other packet filters";
        List<String> dropping = chains.stream()
                .filter(chain -> chain.drops() && chain.hook() == NftChain.Hook.FORWARD.number())
                .filter(chain -> !chain.table().equals("slipway"))
                .map(chain -> "chain " + chain.name() + " of table " + chain.family() + " " + chain.table())
                .toList();
        return dropping.isEmpty()
                ? Finding.good(AREA, name, "none drops what is forwarded by its policy")
                : Finding.limited(
                        AREA,
                        name,
                        String.join(", ", dropping) + ": policy drop",
                        "what containers send to other machines is dropped, and what comes to ports published beyond "
                                + "127.0.0.1; with net.bridge.bridge-nf-call-iptables also what they send each other",
                        "let pass there what is ours, e.g. iptables -I FORWARD -i slipway+ -j ACCEPT; "
                                + "iptables -I FORWARD -o slipway+ -j ACCEPT (with Docker in chain DOCKER-USER; with ufw: ufw "
                                + "route allow in on LINK, ufw route allow out on LINK). Table inet slipway keeps "
                                + "networks apart in any case");
    }

    private static Finding port(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return Finding.good(AREA, "port " + port, "free on loopback");
        } catch (IOException e) {
            return Finding.limited(
                    AREA,
                    "port " + port,
                    String.valueOf(e.getMessage()),
                    "slipway up cannot listen there",
                    "end what has it (ss -ltnp 'sport = " + port + "'), or choose another: --port, --edge-port");
        }
    }
}

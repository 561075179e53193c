package io.slipway.sandbox.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.checker.Leftovers;
import io.slipway.linux.netlink.NamespaceDoor;
import io.slipway.sandbox.BusyboxRoot;
import io.slipway.sandbox.Connection;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.SandboxSpec;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hundred containers at once, each with a socket in its namespace that this process holds. */
class ManyContainersTest {
    private static final int COUNT = 200;
    private static final int PORT = 4000;
    private static final int PATIENCE_MS = 60_000;

    @TempDir
    Path temp;

    @Test
    void two_hundred_on_one_network_reach_each_other_and_the_edge_and_none_another_network_and_nothing_is_left()
            throws Exception {
        Leftovers before = Leftovers.now();
        try (HostNamespace host = new HostNamespace()) {
            // Otherwise they would be apart for want of a way.
            host.run("sysctl", "-qw", "net.ipv4.ip_forward=1");
            String links = host.run("ip", "-o", "link");
            reachAndRemove(host);
            assertThat(host.run("nft", "list", "ruleset")).isEmpty();
            assertThat(host.run("ip", "-o", "link")).isEqualTo(links);
        }
        assertThat(before.since(temp.toString())).isEmpty();
        assertThat(before.since("slipwaymany")).isEmpty();
        for (String state : List.of("state", "apart")) {
            assertThat(before.since(Sandboxes.cgroupName(temp.toRealPath().resolve(state), "test")))
                    .isEmpty();
        }
    }

    private void reachAndRemove(HostNamespace host) throws Exception {
        Path root = BusyboxRoot.make(temp.resolve("root"));
        BridgeNetwork network = open(host, "slipwaymany1");
        BridgeNetwork other = open(host, "slipwaymany2");
        List<DatagramChannel> sockets = new ArrayList<>();
        try (Sandboxes sandboxes = Sandboxes.open(temp.resolve("state"), "test", Optional.of(network));
                Sandboxes apart = Sandboxes.open(temp.resolve("apart"), "test", Optional.of(other));
                NamespaceDoor door = new NamespaceDoor()) {
            for (int i = 0; i < COUNT; i++) {
                sockets.add(socket(door, sandboxes.start(spec(root, "c" + i))));
            }
            try (DatagramChannel stranger = socket(door, apart.start(spec(root, "stranger")));
                    DatagramChannel edge = door.inside(host.pid(), () -> open(network.gateway()))) {
                for (int i = 0; i < COUNT; i++) {
                    reach(sockets.get(i), sockets.get((i + 1) % COUNT));
                    reach(sockets.get(i), edge);
                    send(sockets.get(i), stranger);
                    send(stranger, sockets.get(i));
                }
                nothingCame(stranger);
                for (DatagramChannel one : sockets) {
                    nothingCame(one);
                }
            }
            for (DatagramChannel socket : sockets) {
                socket.close();
            }
            removeAll(sandboxes);
            removeAll(apart);
            sandboxes.settle();
            apart.settle();
            assertThat(host.run("ip", "-o", "link").lines())
                    .noneMatch(link -> link.contains("slipway") && !link.contains("slipwaymany"));
        } finally {
            network.deleteBridge();
            other.deleteBridge();
        }
    }

    private BridgeNetwork open(HostNamespace host, String bridge) throws Exception {
        return BridgeNetwork.open(temp.resolve(bridge), bridge, NetworkOptions.DEFAULT, HostSide.of(host.pid()));
    }

    private static SandboxSpec spec(Path root, String id) {
        return SandboxSpec.of(id, List.of(root), List.of("/bin/sleep", "1000")).withNetwork(Connection.DEFAULT);
    }

    private static void removeAll(Sandboxes sandboxes) throws Exception {
        for (Sandbox sandbox : sandboxes.list()) {
            sandboxes.remove(sandbox);
        }
    }

    private static DatagramChannel socket(NamespaceDoor door, Sandbox sandbox) throws IOException {
        return door.inside(
                sandbox.pid(), () -> open(sandbox.attachment().orElseThrow().address()));
    }

    private static DatagramChannel open(String address) throws IOException {
        DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
        channel.bind(new InetSocketAddress(address, PORT));
        return channel;
    }

    private static void send(DatagramChannel from, DatagramChannel to) throws IOException {
        SocketAddress target = to.getLocalAddress();
        from.send(ByteBuffer.wrap(target.toString().getBytes(StandardCharsets.UTF_8)), target);
    }

    /** There, by the sender's own address, and back. */
    private static void reach(DatagramChannel from, DatagramChannel to) throws IOException {
        send(from, to);
        receive(to, from);
        send(to, from);
        receive(from, to);
    }

    private static void receive(DatagramChannel at, DatagramChannel from) throws IOException {
        at.socket().setSoTimeout(PATIENCE_MS);
        DatagramPacket packet = new DatagramPacket(new byte[200], 200);
        at.socket().receive(packet);
        assertThat(packet.getSocketAddress()).isEqualTo(from.getLocalAddress());
    }

    private static void nothingCame(DatagramChannel at) throws IOException {
        at.configureBlocking(false);
        assertThat(at.receive(ByteBuffer.allocate(200))).isNull();
    }
}

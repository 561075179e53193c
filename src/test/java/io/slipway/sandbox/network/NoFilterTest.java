package io.slipway.sandbox.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.linux.RefusedSockets;
import io.slipway.sandbox.Connection;
import io.slipway.sandbox.Network;
import io.slipway.sandbox.PublishedPort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks where the kernel refuses its packet filter, as one without CONFIG_NETFILTER_NETLINK does. */
class NoFilterTest {
    private static final String BRIDGE = "slipwaynof";
    private static final String OTHER = "slipwaynog";
    private static final int NETLINK_NETFILTER = 12;
    private static final int EPROTONOSUPPORT = 93;

    @TempDir
    private Path temp;

    private HostNamespace host;
    /** The kernel refuses it that, and the threads that it starts. */
    private ExecutorService thread;

    @BeforeEach
    void begin() throws Exception {
        host = new HostNamespace();
        // A new namespace begins with what the first one has.
        host.run("sysctl", "-qw", "net.ipv4.ip_forward=0", "net.ipv6.conf.all.forwarding=0");
        thread = Executors.newSingleThreadExecutor();
        refused(() -> {
            RefusedSockets.ofProtocol(NETLINK_NETFILTER, EPROTONOSUPPORT);
            return true;
        });
    }

    @AfterEach
    void end() throws Exception {
        thread.close();
        host.close();
    }

    @Test
    void containers_reach_each_other_and_the_host_and_nothing_is_left_of_it() throws Exception {
        BridgeNetwork network = open(BRIDGE, NetworkOptions.DEFAULT);
        Process one = host.another();
        Process two = host.another();
        Network.Attachment first = attach(network, "one", one);
        Network.Attachment second = attach(network, "two", two);

        ping((int) one.pid(), second.address());
        ping((int) two.pid(), first.gateway());
        ping(host.pid(), first.address());
        Network.Traffic traffic =
                refused(() -> network.traffic("one", Connection.DEFAULT).orElseThrow());
        assertThat(traffic.sent().orElseThrow()).isPositive();
        assertThat(traffic.egress()).isEqualTo(OptionalLong.empty());

        assertThat(refused(() -> network.reconcile(Set.of()))).hasSize(2);
        refused(() -> {
            network.deleteBridge();
            return true;
        });
        assertThat(host.run("ip", "-o", "link", "show")).doesNotContain("slipway");
        assertThat(temp.resolve(BRIDGE)).isEmptyDirectory();
    }

    @Test
    void a_published_port_is_refused_with_what_the_kernel_said_and_what_helps() throws Exception {
        BridgeNetwork network = open(BRIDGE, NetworkOptions.DEFAULT);
        Process one = host.another();
        Connection published = new Connection(BRIDGE, List.of(PublishedPort.parse("8080:80")));
        assertThatThrownBy(() -> refused(() -> network.attach("one", published, (int) one.pid())))
                .hasMessageContaining("port 127.0.0.1:8080:80/tcp cannot be published")
                .hasMessageContaining("EPROTONOSUPPORT")
                .hasMessageContaining("modprobe nf_tables")
                .hasMessageContaining("slipway doctor");
        assertThat(network.members()).isEmpty();
        assertThatThrownBy(() -> refused(() -> {
                    network.lead(8000, 8053, "slipway.internal");
                    return true;
                }))
                .hasMessageContaining("cannot be led to the edge");
        refused(() -> {
            network.deleteBridge();
            return true;
        });
    }

    @Test
    void where_the_host_forwards_packets_a_network_that_would_not_be_kept_apart_is_not_made() throws Exception {
        host.run("sysctl", "-qw", "net.ipv4.ip_forward=1");
        assertThatThrownBy(() -> open(BRIDGE, NetworkOptions.DEFAULT.withIpv6(false)))
                .hasMessageContaining("the host forwards packets")
                .hasMessageContaining("--internal");
        host.run("sysctl", "-qw", "net.ipv4.ip_forward=0", "net.ipv6.conf.all.forwarding=1");
        assertThatThrownBy(() -> open(BRIDGE, NetworkOptions.DEFAULT))
                .hasMessageContaining("the host forwards IPv6")
                .hasMessageContaining("--no-ipv6");
        assertThat(host.run("ip", "-o", "link", "show")).doesNotContain(BRIDGE);
        assertThat(Files.exists(temp.resolve(BRIDGE).resolve("network.json"))).isFalse();
    }

    @Test
    void a_host_that_begins_to_forward_later_takes_no_more_containers_and_lets_go_of_those_there_are()
            throws Exception {
        BridgeNetwork network = open(BRIDGE, NetworkOptions.DEFAULT.withIpv6(false));
        attach(network, "one", host.another());
        host.run("sysctl", "-qw", "net.ipv4.ip_forward=1");
        Process two = host.another();
        assertThatThrownBy(() -> attach(network, "two", two)).hasMessageContaining("the host forwards packets");
        BridgeNetwork again = open(BRIDGE, NetworkOptions.DEFAULT);
        assertThat(again.members()).hasSize(1);
        refused(() -> {
            again.deleteBridge();
            network.close();
            return true;
        });
        assertThat(host.run("ip", "-o", "link", "show")).doesNotContain(BRIDGE);
    }

    @Test
    void internal_networks_are_kept_apart_by_their_bridges_where_the_host_forwards() throws Exception {
        host.run("sysctl", "-qw", "net.ipv4.ip_forward=1");
        NetworkOptions internal = NetworkOptions.DEFAULT.withInternal(true).withIpv6(false);
        BridgeNetwork network = open(BRIDGE, internal);
        BridgeNetwork other = open(OTHER, internal);
        Process one = host.another();
        Process two = host.another();
        Process three = host.another();
        attach(network, "one", one);
        String near = attach(network, "two", two).address();
        String far = attach(other, "three", three).address();

        ping((int) one.pid(), near);
        assertThatThrownBy(() -> ping((int) one.pid(), far)).hasMessageContaining("100% packet loss");
        // The same, had the bridge been left as it was.
        host.run(
                "sysctl",
                "-qw",
                "net.ipv4.conf." + BRIDGE + ".forwarding=1",
                "net.ipv4.conf." + OTHER + ".forwarding=1");
        ping((int) one.pid(), far);
        refused(() -> {
            network.deleteBridge();
            other.deleteBridge();
            return true;
        });
    }

    private void ping(int namespace, String address) throws Exception {
        host.run(namespace, "", "busybox", "ping", "-c", "1", "-W", "2", address);
    }

    private Network.Attachment attach(BridgeNetwork network, String id, Process process) throws Exception {
        return refused(() -> network.attach(id, Connection.DEFAULT, (int) process.pid()));
    }

    private BridgeNetwork open(String bridge, NetworkOptions options) throws Exception {
        return refused(() -> BridgeNetwork.open(temp.resolve(bridge), bridge, options, HostSide.of(host.pid())));
    }

    /** What is done by a thread whose kernel refuses it. */
    private interface Work<T> {
        T run() throws Exception;
    }

    private <T> T refused(Work<T> work) throws Exception {
        try {
            return thread.submit(work::run).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception known ? known : e;
        }
    }
}

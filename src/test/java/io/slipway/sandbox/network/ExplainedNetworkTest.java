package io.slipway.sandbox.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.checker.Leftovers;
import io.slipway.linux.CallResult;
import io.slipway.linux.Purpose;
import io.slipway.sandbox.BusyboxRoot;
import io.slipway.sandbox.Connection;
import io.slipway.sandbox.Explanation;
import io.slipway.sandbox.PublishedPort;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.SandboxSpec;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainedNetworkTest {
    private static final String BRIDGE = "slipwayxpl";

    @TempDir
    Path temp;

    @Test
    void the_messages_that_make_a_containers_network_are_explained() throws Exception {
        Leftovers before = Leftovers.now();
        BridgeNetwork network = BridgeNetwork.open(temp.resolve("network"), BRIDGE);
        try (Sandboxes sandboxes = Sandboxes.open(temp.resolve("state"), "test", Optional.of(network))) {
            SandboxSpec spec =
                    SandboxSpec.of("c1", List.of(BusyboxRoot.make(temp.resolve("root"))), List.of("/bin/true"));
            Sandbox sandbox = sandboxes.start(spec.withNetwork(Connection.DEFAULT));
            String address = sandbox.attachment().orElseThrow().address();
            assertThat(sandbox.awaitExit(Duration.ofSeconds(20))).isPresent();
            List<String> calls = sandbox.explain().calls().stream()
                    .filter(call -> call.purpose() == Purpose.NETWORK)
                    .map(CallResult::text)
                    .toList();
            sandboxes.remove(sandbox);
            assertThat(calls)
                    .anyMatch(call -> call.startsWith("sendto(")
                            && call.contains("RTM_NEWLINK, NLM_F_REQUEST|NLM_F_ACK|NLM_F_EXCL|NLM_F_CREATE")
                            && call.contains("IFLA_INFO_KIND=\"veth\"")
                            && call.contains("IFLA_IFNAME=\"eth0\""))
                    .anyMatch(call -> call.contains("RTM_NEWADDR") && call.contains("IFA_LOCAL=" + address))
                    .anyMatch(
                            call -> call.contains("RTM_NEWROUTE") && call.contains("RTA_GATEWAY=" + network.gateway()))
                    .anyMatch(call -> call.startsWith("setns(") && call.contains("CLONE_NEWNET"))
                    .anyMatch(call -> call.startsWith("recvfrom(") && call.contains("{error=0}"));
        } finally {
            network.deleteBridge();
        }
        assertThat(before.since(BRIDGE)).isEmpty();
    }

    @Test
    void a_planned_network_is_explained_by_the_messages_that_then_make_it_and_changes_nothing() throws Exception {
        BridgeNetwork network = BridgeNetwork.open(temp.resolve("network"), BRIDGE);
        try (Sandboxes sandboxes = Sandboxes.open(temp.resolve("state"), "test", Optional.of(network))) {
            SandboxSpec spec = SandboxSpec.of(
                            "c1", List.of(BusyboxRoot.make(temp.resolve("root"))), List.of("/bin/true"))
                    .withNetwork(
                            new Connection("default", List.of(PublishedPort.parse("127.0.0.1:" + freePort() + ":80"))));
            Leftovers before = Leftovers.now();
            List<String> planned = comparable(sandboxes.plan(spec));
            assertThat(before.since()).noneMatch(left -> left.startsWith("link ") || left.contains("c1"));
            assertThat(temp.resolve("network/leases")).isEmptyDirectory();
            assertThat(network.members()).isEmpty();
            Sandbox sandbox = sandboxes.start(spec);
            List<String> made = comparable(sandbox.explain());
            sandboxes.remove(sandbox);
            assertThat(planned).containsExactlyElementsOf(made);
            assertThat(planned)
                    .anyMatch(call -> call.contains("IFLA_INFO_KIND=\"veth\"") && call.contains("IFLA_NET_NS_PID=PID"))
                    .anyMatch(call -> call.contains("RTM_NEWADDR") && call.contains("RTM_NEWROUTE"))
                    .anyMatch(call -> call.contains("NFT_MSG_NEWSETELEM"));
        } finally {
            network.deleteBridge();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    /** It is made while a container mounts, but for this one. */
    @Test
    void a_container_that_sets_a_parameter_of_its_interface_finds_it() throws Exception {
        BridgeNetwork network = BridgeNetwork.open(temp.resolve("network"), BRIDGE);
        try (Sandboxes sandboxes = Sandboxes.open(temp.resolve("state"), "test", Optional.of(network))) {
            List<String> command = List.of("/bin/grep", "1", "/proc/sys/net/ipv4/conf/eth0/arp_notify");
            SandboxSpec spec = SandboxSpec.of("c1", List.of(BusyboxRoot.make(temp.resolve("root"))), command)
                    .withNetwork(Connection.DEFAULT);
            Sandbox sandbox = sandboxes.start(
                    spec.withNamespaces(spec.namespaces().withSysctls(Map.of("net.ipv4.conf.eth0.arp_notify", "1"))));
            assertThat(sandbox.awaitExit(Duration.ofMinutes(1)).orElseThrow().code())
                    .isZero();
            sandboxes.remove(sandbox);
        } finally {
            network.deleteBridge();
        }
    }

    /** Without the numbers of processes, descriptors and messages, and without what was answered, which a plan cannot know. */
    private static List<String> comparable(Explanation explanation) {
        return explanation.calls().stream()
                .filter(call -> call.purpose() == Purpose.NETWORK)
                .map(CallResult::text)
                .filter(call -> !call.startsWith("recvfrom("))
                .map(call -> call.replaceAll("IFLA_NET_NS_PID=\\d+", "IFLA_NET_NS_PID=PID")
                        .replaceAll("pid \\d+", "pid PID")
                        .replaceAll("/proc/\\d+/", "/proc/PID/")
                        .replaceAll("\\b\\d*<", "<")
                        .replaceAll("seq=\\d+", "seq=N"))
                .toList();
    }
}

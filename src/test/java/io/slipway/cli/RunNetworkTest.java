package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class RunNetworkTest extends RuntimeByHand {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String SERVE = "echo served > /tmp/index.html; exec busybox httpd -f -p 80 -h /tmp";

    @Test
    void a_published_port_leads_to_a_container_on_a_network_of_its_name() throws Exception {
        assertThat(slipway("network", "create", "web", "--mtu", "1400").out()).isEqualTo("web\n");
        assertThat(slipway("network", "create", "web").err()).contains("there is a network 'web' already");
        int port = freePort();
        Ran ran = slipway(
                "run",
                "--detach",
                "--name",
                "c1",
                "--network",
                "web",
                "--publish",
                port + ":80",
                image,
                "sh",
                "-c",
                SERVE);
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(get("127.0.0.1:" + port)).isEqualTo("served\n");

        JsonNode shown = slipway("inspect", "--output", "json", "c1").json();
        assertThat(shown.at("/namespaces/net/network").asString()).isEqualTo("web");
        assertThat(shown.at("/namespaces/net/ports/0").asString()).isEqualTo("127.0.0.1:" + port + ":80/tcp");
        assertThat(get(shown.path("address").asString())).isEqualTo("served\n");
        JsonNode network = slipway("network", "inspect", "web").json();
        assertThat(network.path("mtu").asInt()).isEqualTo(1400);
        assertThat(network.at("/containers/0/id").asString()).isEqualTo("c1");
        assertThat(network.at("/containers/0/address")).isEqualTo(shown.path("address"));
        assertThat(slipway("network", "ls").out()).contains("web").contains("c1");
        JsonNode stats =
                slipway("stats", "--output", "json", "c1").json().path(0).path("network");
        assertThat(stats.path("sentBytes").asLong()).isPositive();
        assertThat(stats.path("egressBytes").asLong()).isZero();

        assertThat(slipway("run", "--name", "c2", "--publish", port + ":80", image, "true")
                        .err())
                .contains("port " + port + "/tcp at 127.0.0.1 leads to container c1 already");
        assertThat(slipway("network", "rm", "web").err()).contains("network web is used by container c1");
        assertThat(slipway("explain", "--as", "sh", "c1").out())
                .contains("bridge=" + network.path("bridge").asString() + "\n", "ip link add name \"$link\"");
        slipway("rm", "--force", "c1");
        Path bridge = Path.of("/sys/class/net", network.path("bridge").asString());
        assertThat(bridge).exists();
        assertThat(slipway("network", "rm", "web").code()).isZero();
        assertThat(bridge).doesNotExist();
        assertThat(slipway("network", "rm", "default").code()).isZero();
        assertThat(slipway("network", "ls", "--output", "json").json()).isEmpty();
        assertThat(Files.list(temp.resolve("data/networks"))).allMatch(Files::isRegularFile);
    }

    @Test
    void what_cannot_be_is_said() throws Exception {
        assertThat(slipway("run", "--network", "nowhere", image, "true").err())
                .contains("there is no network 'nowhere'. Make it with 'slipway network create nowhere'");
        assertThat(slipway("run", "--network", "none", "--publish", "8080:80", image, "true")
                        .err())
                .contains("--publish needs a network of the container's own");
        assertThat(slipway("run", "--publish", "80", image, "true").err()).contains("'80' is no port to publish");
        assertThat(slipway("run", "--publish", "[::1]:8080:80", image, "true").err())
                .contains("Linux leads nothing out of its IPv6 loopback");
        assertThat(slipway("run", "--network", "A B", image, "true").err()).contains("is no name for a network");
        assertThat(slipway("network", "create", "web", "--subnet", "10.0.0.0/31")
                        .err())
                .contains("prefix length");
        assertThat(slipway("network", "create", "web", "--mtu", "100").err()).contains("1280 to 65535");
        assertThat(slipway("network", "inspect", "web").err()).contains("there is no network 'web'");
    }

    @Test
    void a_plan_shows_the_messages_of_a_network_that_is_not_there_yet_and_makes_nothing() throws Exception {
        Ran plan = slipway("explain", "--plan", "--network", "default", image, "true");
        assertThat(plan.code()).as(plan.err()).isZero();
        assertThat(plan.out())
                .contains("IFLA_INFO_KIND=\"bridge\"", "IFLA_INFO_KIND=\"veth\"", "IFLA_NET_NS_PID=PID")
                .contains("RTM_NEWADDR", "RTM_NEWROUTE", "setns(<network of pid PID>, CLONE_NEWNET)");
        assertThat(temp.resolve("data/networks")).doesNotExist();
        assertThat(slipway("explain", "--plan", "--network", "nowhere", image, "true")
                        .err())
                .contains("there is no network 'nowhere'");
        assertThat(slipway("explain", "--plan", "--as", "sh", "--network", "default", image, "true")
                        .out())
                .startsWith("#!/bin/sh\n")
                .containsPattern("\n  ip link add name \"\\$bridge\" .* type bridge  # .*RTM_NEWLINK")
                .containsPattern("\nip link add name \"\\$link\" .* type veth peer name eth0 .*  # .*RTM_NEWLINK")
                .doesNotContain("RTM_GET");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Once it listens. */
    private static String get(String place) throws Exception {
        long end = System.nanoTime() + LONG.toNanos();
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build()) {
            while (true) {
                try {
                    HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + place + "/"))
                            .timeout(Duration.ofSeconds(5))
                            .build();
                    return client.send(request, HttpResponse.BodyHandlers.ofString())
                            .body();
                } catch (IOException e) {
                    assertThat(System.nanoTime())
                            .as("time until " + place + " answers: " + e)
                            .isLessThan(end);
                    LockSupport.parkNanos(10_000_000);
                }
            }
        }
    }
}

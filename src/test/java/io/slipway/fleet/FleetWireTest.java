package io.slipway.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.base.AllocationId;
import io.slipway.base.Arm;
import io.slipway.base.Epoch;
import io.slipway.base.Generation;
import io.slipway.base.HostName;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.MetricWindow;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import io.slipway.base.Weight;
import io.slipway.placement.Allocation;
import io.slipway.placement.AllocationStatus;
import io.slipway.placement.HostAssignment;
import io.slipway.placement.HostReport;
import io.slipway.release.Probe;
import io.slipway.release.ProcessSpec;
import io.slipway.release.Resources;
import io.slipway.release.RestartPolicy;
import io.slipway.routing.RouteTable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FleetWireTest {
    private static final FleetToken TOKEN = new FleetToken("0123456789abcdef0123456789abcdef");
    private static final HostName HOST = new HostName("berth 1&2");
    private static final RevisionId REVISION = new RevisionId(new ServiceName("checkout"), 2);
    private final BlockingQueue<HostReport> inbox = new LinkedBlockingQueue<>();
    private volatile boolean storeIsAway;
    private FleetServer server;
    private FleetClient client;

    @BeforeEach
    void open() throws IOException {
        server = new FleetServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), TOKEN, report -> {
            if (storeIsAway) {
                throw new IllegalStateException("the store is away");
            }
            inbox.add(report);
        });
        client = client(TOKEN);
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    @Test
    void a_report_arrives_as_it_was_sent() throws Exception {
        client.report(report());
        assertThat(inbox.take()).isEqualTo(report());
    }

    @Test
    void assignments_arrive_as_they_were_published_and_at_once() throws Exception {
        CompletableFuture<Assignments> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return client.awaitAssignments(HOST, new Epoch(0), Generation.NONE, Duration.ofSeconds(30))
                        .orElseThrow();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        server.publish(assignments(3, 7));
        assertThat(waiting.get(60, java.util.concurrent.TimeUnit.SECONDS)).isEqualTo(assignments(3, 7));
    }

    @Test
    void what_was_seen_already_is_not_sent_again() throws Exception {
        server.publish(assignments(3, 7));
        assertThat(client.awaitAssignments(HOST, new Epoch(3), new Generation(7), Duration.ZERO))
                .isEmpty();
        assertThat(client.awaitAssignments(HOST, new Epoch(3), new Generation(6), Duration.ZERO))
                .isPresent();
        assertThat(client.awaitAssignments(HOST, new Epoch(2), new Generation(7), Duration.ZERO))
                .isPresent();
        assertThat(client.awaitAssignments(new HostName("other"), new Epoch(0), Generation.NONE, Duration.ZERO))
                .isEmpty();
    }

    @Test
    void a_leader_of_an_older_term_replaces_nothing() throws Exception {
        server.publish(assignments(3, 7));
        assertThat(server.publish(assignments(2, 9))).isFalse();
        assertThat(server.publish(assignments(3, 6))).isFalse();
        assertThat(server.publish(assignments(3, 7))).isFalse();
        Optional<Assignments> sent = client.awaitAssignments(HOST, new Epoch(0), Generation.NONE, Duration.ZERO);
        assertThat(sent).contains(assignments(3, 7));
    }

    @Test
    void a_wrong_token_is_refused_and_never_shown() {
        String wrong = "f".repeat(32);
        try (FleetClient stranger = client(new FleetToken(wrong))) {
            assertThatThrownBy(() -> stranger.report(report()))
                    .isInstanceOf(FleetException.class)
                    .hasMessageContaining("401")
                    .hasMessageNotContaining(wrong);
        }
        assertThat(inbox).isEmpty();
    }

    @Test
    void a_report_that_could_not_be_stored_is_not_acknowledged() {
        storeIsAway = true;
        assertThatThrownBy(() -> client.report(report())).hasMessageContaining("503");
    }

    @Test
    void a_message_that_is_not_exactly_understood_is_refused() {
        String whole = new String(FleetCodec.write(report()), StandardCharsets.UTF_8);
        for (String broken : List.of(
                whole.replace("\"bootId\"", "\"bootid\""),
                whole.replace("\"cpus\":2,", ""),
                whole.replace("\"cpus\":2", "\"cpus\":null"),
                whole.replace("\"cpus\":2", "\"cpus\":2,\"cpus\":3"),
                whole + "{}",
                "[".repeat(10_000))) {
            assertThatThrownBy(() -> FleetCodec.read(broken.getBytes(StandardCharsets.UTF_8), HostReport.class))
                    .isInstanceOf(FleetException.class);
        }
    }

    @Test
    void what_an_earlier_version_wrote_is_read() throws Exception {
        String text = """
                {"run":{"host":"berth 1&2","epoch":3,"generation":7,"prepare":["oci:dir"],"allocations":[{"id":"checkout-2-web-0",\
                "revision":{"service":"checkout","number":2},"arm":"CANDIDATE","host":"berth 1&2","process":"web",\
                "spec":{"command":["/app/server"],"replicas":1,"ports":{"http":8080},"resources":{"cpu":0.5,\
                "memoryBytes":67108864,"pids":100},"readiness":{"httpPath":"/healthz","port":"http","every":"PT2S",\
                "timeout":"PT0.5S","failures":3},"stopSignal":"SIGTERM","stopGrace":"PT30S"},"image":"oci:dir",\
                "env":{"A":"b"},"routed":true}]},"routes":{"generation":7,"services":[{"service":"checkout",\
                "host":"checkout.test","path":"/","splits":[{"arm":"CANDIDATE","revision":{"service":"checkout","number":2},\
                "weight":10000,"backends":[{"allocation":"checkout-2-web-0","address":"10.0.0.2","port":8080}]}]}]}}""";
        assertThat(FleetCodec.read(text.getBytes(StandardCharsets.UTF_8), Assignments.class))
                .isEqualTo(assignments(3, 7));
        String status = """
                {"id":"checkout-2-web-0","state":"ENDED","address":"10.0.0.2","pid":null,\
                "startedAt":"2026-11-23T10:00:00.123456789Z","restarts":2,"exitCode":42,"reason":"exited 42"}""";
        assertThat(FleetCodec.read(status.getBytes(StandardCharsets.UTF_8), AllocationStatus.class))
                .isEqualTo(report().allocations().getFirst());
    }

    @Test
    void health_and_restart_arrive_as_they_were_sent() throws Exception {
        ProcessSpec spec = spec().withHealth(
                        Optional.of(
                                Probe.command(List.of("/bin/check"), Duration.ofSeconds(1), Duration.ofSeconds(5), 60)),
                        Optional.empty(),
                        Optional.of(new Probe(
                                Optional.empty(),
                                "http",
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(1),
                                3,
                                Optional.empty(),
                                Optional.of(2),
                                Optional.of(Duration.ofSeconds(5)))))
                .withRestart(new RestartPolicy(
                        RestartPolicy.On.FAILURE,
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(1),
                        Optional.of(new RestartPolicy.StartLimit(5, Duration.ofMinutes(10)))));
        assertThat(FleetCodec.read(FleetCodec.write(spec), ProcessSpec.class)).isEqualTo(spec);
    }

    @Test
    void an_absent_controller_is_told_by_name() throws Exception {
        server.close();
        assertThatThrownBy(() -> client.report(report()))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("/fleet/v1/report");
    }

    private FleetClient client(FleetToken token) {
        return new FleetClient(URI.create("http://127.0.0.1:" + server.address().getPort()), token);
    }

    private static HostReport report() {
        AllocationStatus status = new AllocationStatus(
                new AllocationId("checkout-2-web-0"),
                AllocationStatus.State.ENDED,
                Optional.of("10.0.0.2"),
                Optional.empty(),
                Optional.of(Instant.parse("2026-11-23T10:00:00.123456789Z")),
                2,
                Optional.of(42),
                "exited 42",
                Optional.empty());
        MetricWindow window = new MetricWindow(
                REVISION,
                Arm.CANDIDATE,
                HOST,
                Instant.parse("2026-11-23T10:00:00Z"),
                10,
                812,
                3,
                LatencyHistogram.ofDense(new long[] {0, 4, 0, 2}),
                4.2,
                2.1e9,
                1,
                false);
        return new HostReport(
                HOST,
                "boot",
                Instant.parse("2026-11-23T10:00:10Z"),
                new Epoch(3),
                new Generation(7),
                2,
                4L << 30,
                2L << 30,
                9L << 30,
                "amd64",
                List.of(status),
                Map.of("oci:dir", "sha256:0"),
                List.of(window));
    }

    private static ProcessSpec spec() {
        return ProcessSpec.of(
                List.of("/app/server"),
                1,
                Map.of("http", 8080),
                new Resources(0.5, 64 << 20, 100),
                Optional.of(
                        Probe.of(Optional.of("/healthz"), "http", Duration.ofSeconds(2), Duration.ofMillis(500), 3)),
                "SIGTERM",
                Duration.ofSeconds(30));
    }

    private static Assignments assignments(long epoch, long generation) {
        AllocationId id = new AllocationId("checkout-2-web-0");
        Allocation allocation =
                new Allocation(id, REVISION, Arm.CANDIDATE, HOST, "web", spec(), "oci:dir", Map.of("A", "b"), true);
        RouteTable.Split split = new RouteTable.Split(
                Arm.CANDIDATE, REVISION, Weight.ALL, List.of(new RouteTable.Backend(id, "10.0.0.2", 8080)));
        RouteTable routes = new RouteTable(
                new Generation(generation),
                List.of(new RouteTable.ServiceRoute(REVISION.service(), "checkout.test", "/", List.of(split))));
        return new Assignments(
                new HostAssignment(
                        HOST, new Epoch(epoch), new Generation(generation), List.of("oci:dir"), List.of(allocation)),
                routes);
    }
}

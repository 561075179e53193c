package io.slipway.traffic;

import static io.slipway.traffic.TestEdge.backend;
import static io.slipway.traffic.TestEdge.split;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.base.Arm;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdminEndpointTest {
    private TestEdge edge;
    private StubBackend stub;

    @BeforeEach
    void start() throws IOException {
        edge = new TestEdge();
        stub = StubBackend.saying("hello");
    }

    @AfterEach
    void stop() throws IOException {
        edge.close();
        stub.close();
    }

    @Test
    void routes_survive_a_restart_and_older_ones_are_refused_before_and_after_it() throws IOException {
        assertThat(edge.put(TestEdge.table(7, split(Arm.STABLE, 1, 100, backend("a1", stub))))
                        .body())
                .isEqualTo("{\"generation\":7}");
        assertThat(edge.put(TestEdge.table(6)).statusCode()).isEqualTo(409);
        String instance = edge.counts().instance();
        edge.restart();
        try (RawClient client = new RawClient(edge.port())) {
            assertThat(client.get("/").text()).isEqualTo("hello");
        }
        assertThat(edge.counts().applied()).isEqualTo(7);
        assertThat(edge.counts().instance()).isNotEqualTo(instance);
        assertThat(edge.put(TestEdge.table(6)).body()).contains("older than 7");
        assertThat(edge.put(TestEdge.table(7)).statusCode()).isEqualTo(200);
    }

    @Test
    void a_snapshot_that_cannot_be_read_stops_the_start_and_says_which_file() throws IOException {
        edge.server().close();
        Files.writeString(edge.directory.resolve("state/routes.json"), "{\"generation\":");
        assertThatThrownBy(() -> ProxyServer.start(edge.options()).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("routes.json");
    }

    @Test
    void a_second_edge_on_the_same_state_is_refused() {
        assertThatThrownBy(() -> ProxyServer.start(edge.options()).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another edge");
    }

    @Test
    void nothing_is_told_without_the_token_but_health() throws IOException {
        URI base = URI.create("http://127.0.0.1:" + edge.server().adminPort());
        for (String path : new String[] {"/counts", "/metrics", "/routes", "/inflight?allocation=a1"}) {
            assertThat(edge.send(HttpRequest.newBuilder(base.resolve(path))).statusCode())
                    .isEqualTo(401);
            assertThat(edge.send(HttpRequest.newBuilder(base.resolve(path)).header("Authorization", "Bearer no"))
                            .statusCode())
                    .isEqualTo(401);
        }
        assertThat(edge.send(HttpRequest.newBuilder(base.resolve("/health"))).body())
                .contains("\"up\"");
    }

    @Test
    void what_is_no_route_table_changes_nothing() throws IOException {
        edge.put(TestEdge.table(1, split(Arm.STABLE, 1, 100, backend("a1", stub))));
        assertThat(edge.put("{\"generation\":").statusCode()).isEqualTo(400);
        assertThat(edge.put("").statusCode()).isEqualTo(400);
        assertThat(edge.put("null").statusCode()).isEqualTo(400);
        assertThat(edge.put("{}").statusCode()).isEqualTo(422);
        assertThat(edge.put(TestEdge.table(2, split(Arm.STABLE, 1, 90))).body()).contains("9000 basis points");
        assertThat(edge.counts().applied()).isEqualTo(1);
    }

    @Test
    void metrics_are_in_prometheus_format() throws IOException {
        edge.put(TestEdge.table(1, split(Arm.STABLE, 1, 100, backend("a1", stub))));
        try (RawClient client = new RawClient(edge.port())) {
            client.get("/");
            client.get("/");
        }
        String metrics = edge.get("/metrics").body();
        assertThat(metrics)
                .contains("slipway_edge_requests_total{service=\"web\",revision=\"1\",arm=\"stable\",code=\"200\"} 2\n")
                .contains(
                        "slipway_edge_request_duration_seconds_bucket{service=\"web\",revision=\"1\",arm=\"stable\",le=\"+Inf\"}"
                                + " 2\n")
                .contains("slipway_edge_in_flight_requests{allocation=\"a1\"} 0\n")
                .contains("slipway_edge_names_total{answer=\"service\"} 0\n");
        assertThat(metrics.lines()).allMatch(line -> line.matches("# (HELP|TYPE) \\S+ .+|[a-z_]+(\\{\\S+})? [0-9.]+"));
    }

    @Test
    void ready_json_names_the_addresses_while_the_edge_runs() throws IOException {
        assertThat(Files.readString(edge.directory.resolve("state/ready.json")))
                .contains(
                        "\"listen\":\"127.0.0.1:" + edge.port() + "\"",
                        "\"admin\":\"127.0.0.1:" + edge.server().adminPort());
        edge.server().close();
        assertThat(edge.directory.resolve("state/ready.json")).doesNotExist();
    }
}

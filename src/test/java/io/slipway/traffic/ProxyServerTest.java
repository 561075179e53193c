package io.slipway.traffic;

import static io.slipway.traffic.TestEdge.backend;
import static io.slipway.traffic.TestEdge.split;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.base.Arm;
import io.slipway.traffic.RawClient.Reply;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ProxyServerTest {
    private static final String INSIDE = "{\"address\":\"127.0.0.2\",\"prefixLength\":24}";
    private TestEdge edge;

    @BeforeEach
    void start() throws IOException {
        edge = new TestEdge();
    }

    @AfterEach
    void stop() throws IOException {
        edge.close();
    }

    @Test
    void a_request_reaches_the_backend_with_its_host_and_says_where_it_came_from() throws IOException {
        AtomicReference<String> seen = new AtomicReference<>("");
        try (StubBackend stub = new StubBackend((head, body, out, socket) -> {
                    seen.set(head);
                    return StubBackend.answer(out, "hello");
                });
                RawClient client = new RawClient(edge.port())) {
            edge.route(split(Arm.STABLE, 1, 100, backend("a1", stub)));
            Reply reply = client.send("GET /x?y=1 HTTP/1.1\r\nHost: Web.Test:80\r\nX-Forwarded-For: 6.6.6.6\r\n"
                    + "Connection: X-Hop\r\nX-Hop: 1\r\nVia: 1.0 front\r\n\r\n");
            assertThat(reply.code()).isEqualTo(200);
            assertThat(reply.text()).isEqualTo("hello");
            assertThat(reply.header("Via")).isEqualTo("1.1 slipway");
            assertThat(reply.header("Set-Cookie")).matches("slipway=\\d{1,4}; Path=/; HttpOnly; SameSite=Lax");
            assertThat(seen.get())
                    .startsWith("GET /x?y=1 HTTP/1.1\r\n")
                    .containsIgnoringCase("host: Web.Test:80\r\n")
                    .contains("X-Forwarded-For: 127.0.0.1", "X-Forwarded-Proto: http", "X-Forwarded-Host: Web.Test:80")
                    .contains("Via: 1.0 front, 1.1 slipway")
                    .doesNotContain("6.6.6.6", "X-Hop", "onnection: close");
        }
    }

    @Test
    void containers_are_served_at_the_hosts_address_on_their_network_by_the_names_of_services() throws IOException {
        try (StubBackend stub = StubBackend.saying("hello")) {
            edge.route(split(Arm.STABLE, 1, 100, backend("a1", stub)));
            JsonNode served =
                    JsonMapper.shared().readTree(edge.put("/inside", INSIDE).body());
            assertThat(served.path("domain").asString()).isEqualTo("slipway.internal");
            for (int round = 0; round < 2; round++) {
                for (String host : List.of("web", "WEB.slipway.internal", "web.test")) {
                    try (RawClient client = new RawClient("127.0.0.2", edge.port())) {
                        Reply reply = client.send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
                        assertThat(reply.code()).as(host).isEqualTo(200);
                        assertThat(reply.text()).isEqualTo("hello");
                    }
                }
                // An edge that comes back does it without being told, and answers names at the same port.
                edge.restart();
                JsonNode again =
                        JsonMapper.shared().readTree(edge.put("/inside", INSIDE).body());
                assertThat(again.path("port").asInt()).isEqualTo(edge.port());
                assertThat(again.path("dnsPort")).isEqualTo(served.path("dnsPort"));
            }
        }
    }

    @Test
    void an_address_that_is_not_the_hosts_is_refused_and_changes_nothing() throws IOException {
        HttpResponse<String> refused = edge.put("/inside", "{\"address\":\"192.0.2.1\",\"prefixLength\":24}");
        assertThat(refused.statusCode()).isEqualTo(500);
        assertThat(refused.body()).contains("192.0.2.1");
        assertThat(edge.put("/inside", "{\"address\":\"web\",\"prefixLength\":24}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(edge.put("/inside", "{}").statusCode()).isEqualTo(400);
        assertThat(RawClient.once(edge.port(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                        .code())
                .isEqualTo(404);
    }

    @Test
    void what_is_not_routed_is_404_and_names_what_is() throws IOException {
        try (StubBackend stub = StubBackend.saying("x")) {
            edge.route(split(Arm.STABLE, 1, 100, backend("a1", stub)));
            Reply reply = RawClient.once(edge.port(), "GET / HTTP/1.1\r\nHost: other.test\r\n\r\n");
            assertThat(reply.code()).isEqualTo(404);
            assertThat(reply.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(reply.text()).contains("other.test", "web.test/");
        }
    }

    @Test
    void without_a_backend_it_is_503_with_retry_after_and_counted_as_ours() throws IOException {
        edge.route(split(Arm.STABLE, 1, 100));
        try (RawClient client = new RawClient(edge.port())) {
            Reply reply = client.get("/");
            assertThat(reply.code()).isEqualTo(503);
            assertThat(reply.header("Retry-After")).isEqualTo("1");
            assertThat(reply.text()).contains("web");
        }
        assertThat(edge.counts(Arm.STABLE).failedByEdge()).isEqualTo(1);
        assertThat(edge.counts(Arm.STABLE).requests()).isZero();
    }

    @Test
    void head_204_and_304_have_no_body_and_keep_their_headers() throws IOException {
        try (StubBackend stub = new StubBackend((head, body, out, socket) -> StubBackend.raw(
                        out,
                        head.startsWith("HEAD")
                                ? "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"
                                : head.startsWith("GET /204")
                                        ? "HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n"
                                        : "HTTP/1.1 304 Not Modified\r\nETag: \"e\"\r\nContent-Length: 99\r\n\r\n"));
                RawClient client = new RawClient(edge.port())) {
            edge.route(split(Arm.STABLE, 1, 100, backend("a1", stub)));
            for (int i = 0; i < 3; i++) {
                assertThat(client.send("HEAD / HTTP/1.1\r\nHost: web.test\r\n\r\n")
                                .header("Content-Length"))
                        .isEqualTo("1234");
                Reply none = client.get("/204");
                assertThat(none.code()).isEqualTo(204);
                assertThat(none.head()).contains("X-A: b").doesNotContainIgnoringCase("transfer-encoding");
                assertThat(client.get("/304").header("ETag")).isEqualTo("\"e\"");
            }
        }
    }

    @Test
    void chunked_bodies_and_trailers_pass() throws IOException {
        try (StubBackend stub = new StubBackend((head, body, out, socket) -> StubBackend.raw(
                        out,
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                                + "3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 5\r\n\r\n"));
                RawClient client = new RawClient(edge.port())) {
            edge.route(split(Arm.STABLE, 1, 100, backend("a1", stub)));
            assertThat(client.get("/").text()).isEqualTo("abcde[X-Sum: 5]");
            assertThat(client.get("/").text()).isEqualTo("abcde[X-Sum: 5]");
        }
    }

    @Test
    void bodies_are_passed_whole_whether_sized_or_chunked() throws IOException {
        try (StubBackend stub = new StubBackend((head, body, out, socket) -> {
                    String text = head.contains("hunked")
                            ? StubBackend.head(body)
                            : new String(body.readNBytes(5), StandardCharsets.ISO_8859_1);
                    return StubBackend.answer(out, text);
                });
                RawClient client = new RawClient(edge.port())) {
            edge.route(split(Arm.STABLE, 1, 100, backend("a1", stub)));
            for (String method : new String[] {"PUT", "POST"}) {
                String start = method + " / HTTP/1.1\r\nHost: web.test\r\n";
                assertThat(client.send(start + "Content-Length: 5\r\n\r\nhello").text())
                        .isEqualTo("hello");
                assertThat(client.send(start + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
                                .text())
                        .isEqualTo("5\r\nhello\r\n0\r\n\r\n");
            }
        }
    }

    @Test
    void a_client_that_expects_100_continue_is_told_to() throws IOException {
        try (StubBackend stub = new StubBackend((head, body, out, socket) -> StubBackend.answer(
                        out, head.contains("xpect") + new String(body.readNBytes(5), StandardCharsets.ISO_8859_1)));
                RawClient client = new RawClient(edge.port())) {
            edge.route(split(Arm.STABLE, 1, 100, backend("a1", stub)));
            for (String method : new String[] {"PUT", "POST"}) {
                client.write(
                        method + " / HTTP/1.1\r\nHost: web.test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
                assertThat(client.line()).isEqualTo("HTTP/1.1 100 Continue");
                assertThat(client.line()).isEmpty();
                client.write("hello");
                assertThat(client.read(false).text()).isEqualTo("falsehello");
            }
        }
    }

    @Test
    void requests_that_could_be_read_in_two_ways_are_refused() throws IOException {
        try (StubBackend stub = StubBackend.saying("x")) {
            edge.route(split(Arm.STABLE, 1, 100, backend("a1", stub)));
            String start = "POST / HTTP/1.1\r\nHost: web.test\r\n";
            for (String rest : new String[] {
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
                "Content-Length: +5\r\n\r\nhello",
                "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "Host: other.test\r\nContent-Length: 0\r\n\r\n",
                "X-Bad : 1\r\nContent-Length: 0\r\n\r\n",
            }) {
                assertThat(RawClient.once(edge.port(), start + rest).code())
                        .as(rest)
                        .isEqualTo(400);
            }
            assertThat(RawClient.once(edge.port(), "GET / HTTP/1.1\r\n\r\n").code())
                    .isEqualTo(400);
            assertThat(stub.requests).hasValue(0);
        }
    }

    @Test
    void too_large_heads_are_refused() throws IOException {
        try (StubBackend stub = StubBackend.saying("x")) {
            edge.route(split(Arm.STABLE, 1, 100, backend("a1", stub)));
            String large = "x".repeat(40_000);
            assertThat(RawClient.once(edge.port(), "GET / HTTP/1.1\r\nHost: web.test\r\nX: " + large + "\r\n\r\n")
                            .code())
                    .isEqualTo(431);
            assertThat(RawClient.once(edge.port(), "GET /" + large + " HTTP/1.1\r\nHost: web.test\r\n\r\n")
                            .code())
                    .isEqualTo(414);
            assertThat(stub.requests).hasValue(0);
        }
    }

    @Test
    void an_upgraded_connection_passes_bytes_both_ways_and_counts_as_in_flight() throws IOException {
        try (StubBackend stub = new StubBackend((head, body, out, socket) -> {
                    StubBackend.raw(
                            out, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
                    body.transferTo(out);
                    return false;
                });
                RawClient client = new RawClient(edge.port())) {
            edge.route(split(Arm.STABLE, 1, 100, backend("a1", stub)));
            Reply reply = client.get("/", "Connection: Upgrade", "Upgrade: echo");
            assertThat(reply.code()).isEqualTo(101);
            assertThat(reply.header("Upgrade")).isEqualTo("echo");
            client.write("ping");
            assertThat(client.in.readNBytes(4)).asString().isEqualTo("ping");
            assertThat(edge.inFlight("a1")).isEqualTo(1);
            client.close();
            TestEdge.eventually("in flight 0", () -> {
                try {
                    return edge.inFlight("a1") == 0;
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
        }
    }

    @Test
    void an_answer_that_the_backend_cuts_off_is_cut_off_for_the_client_and_is_its_error() throws IOException {
        try (StubBackend stub = new StubBackend((head, body, out, socket) -> {
                    StubBackend.raw(out, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
                    StubBackend.reset(socket);
                    return false;
                });
                RawClient client = new RawClient(edge.port())) {
            edge.route(split(Arm.STABLE, 1, 100, backend("a1", stub)));
            assertThatThrownBy(() -> client.get("/")).isInstanceOf(IOException.class);
        }
        assertThat(edge.counts(Arm.STABLE).errors()).isEqualTo(1);
        assertThat(edge.counts(Arm.STABLE).requests()).isEqualTo(1);
    }
}

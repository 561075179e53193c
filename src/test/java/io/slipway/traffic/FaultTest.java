package io.slipway.traffic;

import static io.slipway.traffic.TestEdge.backend;
import static io.slipway.traffic.TestEdge.eventually;
import static io.slipway.traffic.TestEdge.split;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.Arm;
import io.slipway.traffic.RawClient.Reply;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultTest {
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
    void a_kept_connection_that_the_backend_closes_while_we_send_costs_no_request() throws IOException {
        AtomicInteger onConnection = new AtomicInteger();
        // answers once per connection, then closes at the sight of the next request, as a server does whose timeout
        // just ran out
        try (StubBackend stub = new StubBackend((head, body, out, socket) -> {
                    if (onConnection.getAndIncrement() % 2 == 0) {
                        return StubBackend.answer(out, "ok");
                    }
                    StubBackend.reset(socket);
                    return false;
                });
                RawClient client = new RawClient(edge.port())) {
            edge.route(split(Arm.STABLE, 1, 100, backend("a1", stub)));
            for (int i = 0; i < 50; i++) {
                assertThat(client.get("/").text()).isEqualTo("ok");
            }
            assertThat(onConnection.get()).isGreaterThan(90);
            assertThat(edge.counts(Arm.STABLE).requests()).isEqualTo(50);
            assertThat(edge.counts(Arm.STABLE).errors()).isZero();
        }
    }

    @Test
    void requests_that_must_not_run_twice_never_meet_a_kept_connection() throws IOException {
        AtomicInteger posts = new AtomicInteger();
        try (StubBackend stub = new StubBackend((head, body, out, socket) -> {
                    if (head.startsWith("POST")) {
                        posts.incrementAndGet();
                    }
                    StubBackend.answer(out, "ok");
                    return false; // closes without saying so: any reuse would meet a closed connection
                });
                RawClient client = new RawClient(edge.port())) {
            edge.route(split(Arm.STABLE, 1, 100, backend("a1", stub)));
            for (int i = 0; i < 30; i++) {
                assertThat(client.get("/").code()).isEqualTo(200);
                assertThat(client.send("POST / HTTP/1.1\r\nHost: web.test\r\nContent-Length: 0\r\n\r\n")
                                .code())
                        .isEqualTo(200);
            }
            assertThat(posts).hasValue(30);
        }
    }

    @Test
    void a_post_that_a_replica_cut_off_is_answered_502_and_not_sent_again() throws IOException {
        try (StubBackend bad = new StubBackend((head, body, out, socket) -> {
                    StubBackend.reset(socket);
                    return false;
                });
                StubBackend good = StubBackend.saying("good");
                RawClient client = new RawClient(edge.port())) {
            edge.route(split(Arm.STABLE, 1, 0, backend("a1", good)), split(Arm.CANDIDATE, 2, 100, backend("a2", bad)));
            Reply reply = client.send("POST / HTTP/1.1\r\nHost: web.test\r\nContent-Length: 2\r\n\r\nhi");
            assertThat(reply.code()).isEqualTo(502);
            assertThat(bad.requests).hasValue(1);
            assertThat(good.requests).hasValue(0);
            assertThat(edge.counts(Arm.CANDIDATE).errors()).isEqualTo(1);
            assertThat(edge.counts(Arm.CANDIDATE).failedByEdge()).isZero();
        }
    }

    @Test
    void a_get_goes_to_another_replica_of_the_arm_and_then_to_stable() throws IOException {
        StubBackend.Behaviour reset = (head, body, out, socket) -> {
            StubBackend.reset(socket);
            return false;
        };
        try (StubBackend bad = new StubBackend(reset);
                StubBackend second = StubBackend.saying("second");
                StubBackend stable = StubBackend.saying("stable");
                RawClient client = new RawClient(edge.port())) {
            edge.route(
                    split(Arm.STABLE, 1, 0, backend("s", stable)),
                    split(Arm.CANDIDATE, 2, 100, backend("c1", bad), backend("c2", second)));
            for (int i = 0; i < 10; i++) {
                assertThat(client.get("/").text()).isEqualTo("second");
            }
            assertThat(bad.requests.get()).isGreaterThan(0);
            second.become(reset);
            assertThat(client.get("/").text()).isEqualTo("stable");
        }
    }

    @Test
    void a_refused_connection_ejects_the_replica_which_comes_back_when_it_listens_again() throws IOException {
        StubBackend dead = StubBackend.saying("first");
        int port = dead.port();
        try (StubBackend other = StubBackend.saying("other");
                RawClient client = new RawClient(edge.port())) {
            edge.route(split(Arm.STABLE, 1, 100, backend("a1", dead), backend("a2", other)));
            dead.kill();
            for (int i = 0; i < 50; i++) {
                assertThat(client.send("POST / HTTP/1.1\r\nHost: web.test\r\nContent-Length: 0\r\n\r\n")
                                .text())
                        .isEqualTo("other");
            }
            assertThat(edge.get("/metrics").body())
                    .contains(
                            "slipway_edge_ejections_total{allocation=\"a1\"} 1\n",
                            "slipway_edge_ejected{allocation=\"a1\"} 1\n");
            try (StubBackend back =
                    new StubBackend(port, (head, body, out, socket) -> StubBackend.answer(out, "back"))) {
                eventually("the replica is back", () -> {
                    try {
                        return client.get("/").text().equals("back");
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                });
                assertThat(back.requests.get()).isGreaterThan(0);
            }
        }
        assertThat(edge.counts(Arm.STABLE).failedByEdge()).isZero();
        assertThat(edge.counts(Arm.STABLE).errors()).isZero();
    }

    @Test
    void a_get_that_kills_every_replica_it_meets_is_not_carried_on_for_ever() throws IOException {
        StubBackend.Behaviour reset = (head, body, out, socket) -> {
            StubBackend.reset(socket);
            return false;
        };
        StubBackend[] stubs = new StubBackend[6];
        var backends = new io.slipway.routing.RouteTable.Backend[6];
        for (int i = 0; i < 6; i++) {
            stubs[i] = new StubBackend(reset);
            backends[i] = backend("a" + i, stubs[i]);
        }
        try (RawClient client = new RawClient(edge.port())) {
            edge.route(split(Arm.STABLE, 1, 100, backends));
            assertThat(client.get("/").code()).isEqualTo(502);
            long met = java.util.Arrays.stream(stubs)
                    .filter(s -> s.requests.get() > 0)
                    .count();
            assertThat(met).isEqualTo(3);
            assertThat(edge.counts(Arm.STABLE).errors()).isEqualTo(1);
        } finally {
            for (StubBackend stub : stubs) {
                stub.close();
            }
        }
    }

    @Test
    void a_client_that_leaves_frees_its_replica_and_is_nobodys_error() throws IOException {
        try (StubBackend stub = new StubBackend((head, body, out, socket) -> body.read() >= 0)) {
            edge.route(split(Arm.STABLE, 1, 100, backend("a1", stub)));
            try (RawClient client = new RawClient(edge.port())) {
                client.write("GET / HTTP/1.1\r\nHost: web.test\r\n\r\n");
                eventually("in flight", () -> inFlight() == 1);
            }
            eventually("left", () -> inFlight() == 0);
            assertThat(edge.counts(Arm.STABLE).requests()).isZero();
            assertThat(edge.counts(Arm.STABLE).errors()).isZero();
            assertThat(edge.get("/metrics").body()).contains("slipway_edge_abandoned_total 1\n");
        }
    }

    private int inFlight() {
        try {
            return edge.inFlight("a1");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}

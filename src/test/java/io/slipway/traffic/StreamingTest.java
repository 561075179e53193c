package io.slipway.traffic;

import static io.slipway.traffic.TestEdge.backend;
import static io.slipway.traffic.TestEdge.eventually;
import static io.slipway.traffic.TestEdge.split;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.Arm;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StreamingTest {
    private static final int MIB = 1 << 20;
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
    void a_slow_client_holds_the_backend_back_instead_of_filling_memory() throws IOException {
        AtomicLong written = new AtomicLong();
        byte[] block = new byte[MIB];
        try (StubBackend stub = new StubBackend((head, body, out, socket) -> {
                    StubBackend.raw(out, "HTTP/1.1 200 OK\r\nContent-Length: " + 100 * MIB + "\r\n\r\n");
                    for (int i = 0; i < 100; i++) {
                        out.write(block);
                        written.addAndGet(block.length);
                    }
                    return true;
                });
                RawClient client = new RawClient(edge.port())) {
            edge.route(split(Arm.STABLE, 1, 100, backend("a1", stub)));
            client.write("GET / HTTP/1.1\r\nHost: web.test\r\n\r\n");
            assertThat(StubBackend.head(client.in)).startsWith("HTTP/1.1 200");
            settles(written);
            // what lies between is socket buffers (some MiB each on loopback) and the edge's own, never the 100 MiB
            assertThat(written.get()).isLessThan(40L * MIB);
            client.in.skipNBytes(100L * MIB);
            assertThat(client.get("/again").code()).isEqualTo(200);
        }
    }

    /** Of many lengths: which of them have their end just behind what the sockets take is the kernel's. */
    @Test
    void an_answer_that_the_backend_ends_by_closing_while_the_client_does_not_read_arrives_whole() throws Exception {
        AtomicLong length = new AtomicLong();
        AtomicLong closed = new AtomicLong();
        try (StubBackend stub = new StubBackend((head, body, out, socket) -> {
            if (head.startsWith("GET")) {
                return StubBackend.answer(out, "quick");
            }
            StubBackend.raw(out, "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\nConnection: close\r\n\r\n");
            out.write(new byte[length.intValue()]);
            socket.shutdownOutput();
            closed.set(length.get());
            return true;
        })) {
            edge.route(split(Arm.STABLE, 1, 100, backend("a1", stub)));
            for (int size = MIB / 4; size < 6 * MIB; size += 96 * 1024) {
                length.set(size);
                int whole = size;
                try (RawClient client = new RawClient(edge.port())) {
                    client.write("POST / HTTP/1.1\r\nHost: web.test\r\nContent-Length: 0\r\n\r\n");
                    eventually("the backend has ended", () -> closed.get() == whole);
                    for (int i = 0; i < 8; i++) {
                        try (RawClient other = new RawClient(edge.port())) {
                            assertThat(other.get("/quick").code()).isEqualTo(200);
                        }
                    }
                    assertThat(client.read(false).body())
                            .as("of %d bytes", size)
                            .hasSize(size);
                }
            }
            assertThat(edge.counts(Arm.STABLE).errors()).isZero();
        }
    }

    @Test
    void what_an_upgraded_connection_was_sent_before_the_backend_closed_it_arrives_whole() throws Exception {
        AtomicLong length = new AtomicLong();
        AtomicLong closed = new AtomicLong();
        try (StubBackend stub = new StubBackend((head, body, out, socket) -> {
            if (!head.contains("pgrade")) {
                return StubBackend.answer(out, "quick");
            }
            StubBackend.raw(out, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
            out.write(new byte[length.intValue()]);
            socket.shutdownOutput();
            closed.set(length.get());
            return true;
        })) {
            edge.route(split(Arm.STABLE, 1, 100, backend("a1", stub)));
            for (int size = MIB / 4; size < 6 * MIB; size += 96 * 1024) {
                length.set(size);
                int whole = size;
                try (RawClient client = new RawClient(edge.port())) {
                    client.write("GET / HTTP/1.1\r\nHost: web.test\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
                    eventually("the backend has ended", () -> closed.get() == whole);
                    for (int i = 0; i < 8; i++) {
                        try (RawClient other = new RawClient(edge.port())) {
                            assertThat(other.get("/quick").code()).isEqualTo(200);
                        }
                    }
                    assertThat(client.read(false).code()).isEqualTo(101);
                    assertThat(client.in.readAllBytes()).as("of %d bytes", size).hasSize(size);
                }
            }
        }
    }

    @Test
    void a_slow_backend_holds_the_client_back_and_gets_every_byte() throws Exception {
        AtomicLong sum = new AtomicLong();
        CountDownLatch mayRead = new CountDownLatch(1);
        try (StubBackend stub = new StubBackend((head, body, out, socket) -> {
                    awaitQuietly(mayRead);
                    byte[] buffer = new byte[65_536];
                    for (long left = 100L * MIB; left > 0; ) {
                        int n = body.read(buffer, 0, (int) Math.min(buffer.length, left));
                        for (int i = 0; i < n; i++) {
                            sum.addAndGet(buffer[i]);
                        }
                        left -= n;
                    }
                    return StubBackend.answer(out, "done");
                });
                RawClient client = new RawClient(edge.port())) {
            edge.route(split(Arm.STABLE, 1, 100, backend("a1", stub)));
            AtomicLong written = new AtomicLong();
            byte[] block = new byte[MIB];
            java.util.Arrays.fill(block, (byte) 1);
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    client.write("POST / HTTP/1.1\r\nHost: web.test\r\nContent-Length: " + 100 * MIB + "\r\n\r\n");
                    for (int i = 0; i < 100; i++) {
                        client.out.write(block);
                        written.addAndGet(block.length);
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            eventually("some was written", () -> written.get() > 0);
            settles(written);
            assertThat(written.get()).isLessThan(40L * MIB);
            mayRead.countDown();
            assertThat(client.read(false).text()).isEqualTo("done");
            writer.join();
            assertThat(sum).hasValue(100L * MIB);
        }
    }

    @Test
    void a_body_in_slow_pieces_arrives_piece_by_piece() throws IOException {
        CountDownLatch next = new CountDownLatch(1);
        try (StubBackend stub = new StubBackend((head, body, out, socket) -> {
                    StubBackend.raw(out, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst");
                    awaitQuietly(next);
                    return StubBackend.raw(out, "later");
                });
                RawClient client = new RawClient(edge.port())) {
            edge.route(split(Arm.STABLE, 1, 100, backend("a1", stub)));
            client.write("GET / HTTP/1.1\r\nHost: web.test\r\n\r\n");
            StubBackend.head(client.in);
            assertThat(client.in.readNBytes(5)).asString().isEqualTo("first");
            next.countDown();
            assertThat(client.in.readNBytes(5)).asString().isEqualTo("later");
        }
    }

    @Test
    void an_early_answer_reaches_a_client_that_is_still_sending() throws IOException {
        try (StubBackend stub = new StubBackend((head, body, out, socket) -> {
                    StubBackend.raw(
                            out, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
                    body.skipNBytes(1_000_000); // or the kernel resets what it has not read
                    return false;
                });
                RawClient client = new RawClient(edge.port())) {
            edge.route(split(Arm.STABLE, 1, 100, backend("a1", stub)));
            client.write("POST / HTTP/1.1\r\nHost: web.test\r\nContent-Length: 1000000\r\n\r\nstart");
            assertThat(client.read(false).code()).isEqualTo(413);
        }
    }

    @Test
    void an_http_2_client_is_served_by_an_http_1_backend() throws Exception {
        try (StubBackend stub = new StubBackend((head, body, out, socket) -> {
                    String got = head.startsWith("POST")
                            ? new String(body.readNBytes(5), StandardCharsets.ISO_8859_1)
                            : head.contains("ost: 127.0.0.1") ? "get" : head;
                    return StubBackend.answer(out, got);
                });
                HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_2)
                        .build()) {
            edge.put(new io.slipway.routing.RouteTable(
                    new io.slipway.base.Generation(1),
                    java.util.List.of(new io.slipway.routing.RouteTable.ServiceRoute(
                            TestEdge.WEB,
                            "*",
                            "/",
                            java.util.List.of(split(Arm.STABLE, 1, 100, backend("a1", stub)))))));
            URI uri = URI.create("http://127.0.0.1:" + edge.port() + "/");
            for (int i = 0; i < 3; i++) {
                HttpResponse<String> got =
                        client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
                assertThat(got.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(got.body()).isEqualTo("get");
                assertThat(client.send(
                                        HttpRequest.newBuilder(uri)
                                                .POST(BodyPublishers.ofString("hello"))
                                                .build(),
                                        BodyHandlers.ofString())
                                .body())
                        .isEqualTo("hello");
            }
        }
    }

    /** Until a count has not risen for a second, since a busy machine also stands still. */
    private static void settles(AtomicLong count) {
        long[] last = {-1, System.nanoTime()};
        eventually("no more is written", () -> {
            if (count.get() != last[0]) {
                last[0] = count.get();
                last[1] = System.nanoTime();
            }
            return System.nanoTime() - last[1] > 1_000_000_000;
        });
    }

    private static void awaitQuietly(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}

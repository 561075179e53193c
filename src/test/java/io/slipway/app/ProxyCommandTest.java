package io.slipway.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.slipway.base.AllocationId;
import io.slipway.base.Arm;
import io.slipway.base.Generation;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import io.slipway.base.Weight;
import io.slipway.routing.RouteTable;
import io.slipway.routing.RouteTable.Backend;
import io.slipway.routing.RouteTable.ServiceRoute;
import io.slipway.routing.RouteTable.Split;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class ProxyCommandTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer backend;

    @BeforeEach
    void start() throws IOException {
        backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        backend.setExecutor(executor);
        backend.createContext("/fast", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        backend.createContext("/slow", exchange -> {
            arrived.countDown();
            awaitRelease();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        backend.createContext("/large", exchange -> {
            long got = drain(exchange.getRequestBody());
            exchange.getResponseHeaders().add("X-Got", Long.toString(got));
            exchange.sendResponseHeaders(200, 100L * MIB);
            byte[] block = new byte[MIB];
            try (OutputStream out = exchange.getResponseBody()) {
                for (int i = 0; i < 100; i++) {
                    out.write(block);
                }
            }
        });
        backend.start();
    }

    @AfterEach
    void stop() {
        backend.stop(0);
        executor.close();
        http.close();
    }

    @Test
    @Timeout(90)
    void sigterm_lets_the_request_in_flight_end_and_exits_0() throws Exception {
        try (ProxyProcess proxy = new ProxyProcess(directory, 0)) {
            route(proxy);
            CompletableFuture<HttpResponse<String>> slow = http.sendAsync(get(proxy, "/slow"), BodyHandlers.ofString());
            assertThat(arrived.await(60, TimeUnit.SECONDS)).isTrue();
            proxy.process.destroy();
            awaitRefused(proxy);
            assertThat(slow).isNotDone();
            release.countDown();
            assertThat(slow.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            assertThat(proxy.process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(proxy.process.exitValue()).isZero();
        }
    }

    @Test
    @Timeout(90)
    void a_killed_edge_comes_back_with_its_routes_on_its_port() throws Exception {
        int port;
        try (ProxyProcess proxy = new ProxyProcess(directory, 0)) {
            route(proxy);
            port = proxy.port;
        }
        try (ProxyProcess again = new ProxyProcess(directory, port)) {
            assertThat(http.send(get(again, "/fast"), BodyHandlers.discarding()).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    @Timeout(90)
    void a_hundred_mebibytes_pass_both_ways_in_a_process_of_at_most_160_mebibytes() throws Exception {
        try (ProxyProcess proxy = new ProxyProcess(directory, 0)) {
            route(proxy);
            System.out.println("resident while idle: " + proxy.residentKib() / 1024 + " MiB");
            byte[] block = new byte[MIB];
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + proxy.port + "/large"))
                    .timeout(Duration.ofSeconds(60))
                    .POST(BodyPublishers.ofByteArrays(
                            () -> Stream.generate(() -> block).limit(100).iterator()))
                    .build();
            for (int i = 0; i < 2; i++) {
                HttpResponse<InputStream> answer = http.send(request, BodyHandlers.ofInputStream());
                assertThat(answer.headers().firstValue("X-Got")).hasValue(Long.toString(100L * MIB));
                assertThat(drain(answer.body())).isEqualTo(100L * MIB);
            }
            System.out.println("resident after 400 MiB: " + proxy.residentKib() / 1024 + " MiB");
            assertThat(proxy.residentKib()).isLessThan(160 * 1024);
        }
    }

    private void route(ProxyProcess proxy) throws Exception {
        ServiceName web = new ServiceName("web");
        Backend replica = new Backend(
                new AllocationId("a1"), "127.0.0.1", backend.getAddress().getPort());
        RouteTable table = new RouteTable(
                new Generation(1),
                List.of(new ServiceRoute(
                        web,
                        "*",
                        "/",
                        List.of(new Split(Arm.STABLE, new RevisionId(web, 1), Weight.ALL, List.of(replica))))));
        HttpRequest put = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + proxy.adminPort + "/routes"))
                .header("Authorization", "Bearer secret")
                .PUT(BodyPublishers.ofByteArray(JsonMapper.shared().writeValueAsBytes(table)))
                .build();
        assertThat(http.send(put, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }

    private static HttpRequest get(ProxyProcess proxy, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + proxy.port + path))
                .build();
    }

    private static void awaitRefused(ProxyProcess proxy) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try (java.net.Socket probe = new java.net.Socket("127.0.0.1", proxy.port)) {
                assertThat(System.nanoTime()).as("still accepting on %s", probe).isLessThan(deadline);
            } catch (IOException refused) {
                return;
            }
        }
    }

    private static long drain(InputStream body) throws IOException {
        byte[] buffer = new byte[65_536];
        long got = 0;
        try (body) {
            for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
                got += n;
            }
        }
        return got;
    }

    private void awaitRelease() throws IOException {
        try {
            release.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}

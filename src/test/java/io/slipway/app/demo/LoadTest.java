package io.slipway.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class LoadTest {
    @Test
    void keeps_its_rate_and_tells_the_services_errors_from_ours() throws Exception {
        AtomicInteger turn = new AtomicInteger();
        Set<String> cookies = ConcurrentHashMap.newKeySet();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            server.setExecutor(executor);
            server.createContext("/", exchange -> {
                int n = turn.incrementAndGet();
                String cookie = exchange.getRequestHeaders().getFirst("Cookie");
                if (cookie == null) {
                    exchange.getResponseHeaders().add("Set-Cookie", "slipway=" + n + "; Path=/");
                } else {
                    cookies.add(cookie);
                }
                if (n % 10 != 0) {
                    exchange.getResponseHeaders().add("X-Service-Revision", "r7");
                }
                exchange.sendResponseHeaders(n % 10 == 0 || n % 10 == 1 ? 503 : 200, n % 2 == 0 ? 0 : -1);
                exchange.close();
            });
            server.start();
            try (Load load = new Load(at(server.getAddress().getPort()), "web.test", 20, 400)) {
                long start = System.nanoTime();
                load.start();
                await(() -> load.snapshot().sent(), 400);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(900));
                Load.Snapshot end = load.stop();
                assertThat(end.sent())
                        .isEqualTo(turn.get())
                        .isEqualTo(end.ok() + end.serviceErrors() + end.failedByUs());
                assertThat(end.failedByUs()).isEqualTo(end.sent() / 10);
                assertThat(end.serviceErrors()).isEqualTo((end.sent() + 9) / 10);
                assertThat(end.failures()).hasSize(5).allMatch(line -> line.contains("503"));
                assertThat(end.byRevision()).containsOnlyKeys("r7");
                assertThat(cookies).hasSize(20);
            } finally {
                server.stop(0);
            }
        }
    }

    @Test
    void refused_and_broken_connections_are_failures_of_ours() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> closeAll(listener));
            try (Load load = new Load(at(listener.getLocalPort()), "web.test", 4, 100)) {
                load.start();
                await(() -> load.snapshot().failedByUs(), 20);
                listener.close();
                await(() -> load.snapshot().failedByUs(), 60);
                Load.Snapshot end = load.stop();
                assertThat(end.failedByUs()).isEqualTo(end.sent());
                assertThat(end.ok()).isZero();
            }
        }
    }

    private static void closeAll(ServerSocket listener) {
        try {
            while (true) {
                try (Socket socket = listener.accept()) {
                    socket.getInputStream().read();
                }
            }
        } catch (IOException e) {
            // the test closed it
        }
    }

    private static URI at(int port) {
        return URI.create("http://127.0.0.1:" + port + "/");
    }

    private static void await(LongSupplier value, long atLeast) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (value.getAsLong() < atLeast) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }
}

package io.slipway.traffic;

import io.slipway.base.AllocationId;
import io.slipway.base.Arm;
import io.slipway.base.Generation;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import io.slipway.base.Weight;
import io.slipway.routing.EdgeCounts;
import io.slipway.routing.RouteTable;
import io.slipway.routing.RouteTable.Backend;
import io.slipway.routing.RouteTable.ServiceRoute;
import io.slipway.routing.RouteTable.Split;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.json.JsonMapper;

/** A real edge on free ports with a state directory of its own, driven through its admin endpoint as an agent would. */
final class TestEdge implements AutoCloseable {
    static final ServiceName WEB = new ServiceName("web");
    private static final JsonMapper JSON = JsonMapper.shared();
    final Path directory;
    private final HttpClient http = HttpClient.newHttpClient();
    private ProxyServer server;
    private long generation;

    TestEdge() throws IOException {
        directory = Files.createTempDirectory("slipway-edge");
        Files.writeString(directory.resolve("token"), "secret\n");
        server = ProxyServer.start(options());
    }

    ProxyOptions options() {
        return new ProxyOptions(
                "127.0.0.1", 0, 0, directory.resolve("token"), directory.resolve("state"), Duration.ofSeconds(5));
    }

    int port() {
        return server.port();
    }

    ProxyServer server() {
        return server;
    }

    void restart() throws IOException {
        server.close();
        server = ProxyServer.start(options());
    }

    static Backend backend(String allocation, StubBackend stub) {
        return new Backend(new AllocationId(allocation), "127.0.0.1", stub.port());
    }

    static Split split(Arm arm, int revision, int percent, Backend... backends) {
        return new Split(arm, new RevisionId(WEB, revision), Weight.percent(percent), List.of(backends));
    }

    /** Puts one route of service web in effect, under the next generation. */
    void route(Split... splits) throws IOException {
        HttpResponse<String> answer = put(table(++generation, splits));
        if (answer.statusCode() != 200) {
            throw new IOException("PUT /routes: " + answer.statusCode() + " " + answer.body());
        }
    }

    static RouteTable table(long generation, Split... splits) {
        return new RouteTable(
                new Generation(generation), List.of(new ServiceRoute(WEB, "web.test", "/", Arrays.asList(splits))));
    }

    HttpResponse<String> put(RouteTable table) throws IOException {
        return put(JSON.writeValueAsString(table));
    }

    HttpResponse<String> put(String json) throws IOException {
        return put("/routes", json);
    }

    HttpResponse<String> put(String path, String json) throws IOException {
        return send(admin(path).PUT(BodyPublishers.ofString(json)));
    }

    HttpResponse<String> get(String path) throws IOException {
        return send(admin(path));
    }

    EdgeCounts counts() throws IOException {
        return JSON.readValue(get("/counts").body(), EdgeCounts.class);
    }

    EdgeCounts.ArmCounts counts(Arm arm) throws IOException {
        return counts().arms().stream().filter(c -> c.arm() == arm).findFirst().orElseThrow();
    }

    int inFlight(String allocation) throws IOException {
        return JSON.readTree(get("/inflight?allocation=" + allocation).body())
                .get("inFlight")
                .asInt();
    }

    HttpRequest.Builder admin(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.adminPort() + path))
                .header("Authorization", "Bearer secret");
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    static void eventually(String what, BooleanSupplier holds) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within 15 s: " + what);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        http.close();
        try (var files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}

package io.slipway.agent;

import io.slipway.base.AllocationId;
import io.slipway.routing.EdgeCounts;
import io.slipway.routing.RouteTable;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The proxy of this host, by its admin endpoint on loopback. */
public final class ProxyEdge implements Edge, AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final URI admin;
    private final String token;
    private final HttpClient http;

    /** @param admin for example {@code http://127.0.0.1:7401} */
    public ProxyEdge(URI admin, String token) {
        this.admin = admin;
        this.token = token;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
    }

    @Override
    public void apply(RouteTable routes) throws IOException, InterruptedException {
        byte[] answer = send(request("/routes")
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(routes)))
                .build());
        long generation = number(answer, "generation");
        if (generation != routes.generation().value()) {
            throw new IOException("the edge confirmed generation " + generation + " instead of "
                    + routes.generation().value());
        }
    }

    @Override
    public EdgeCounts counts() throws IOException, InterruptedException {
        byte[] answer = send(request("/counts").build());
        try {
            return JSON.readValue(answer, EdgeCounts.class);
        } catch (JacksonException e) {
            throw new IOException("the edge's counts were not understood: " + e.getMessage(), e);
        }
    }

    @Override
    public long inFlight(AllocationId allocation) throws IOException, InterruptedException {
        String name = URLEncoder.encode(allocation.value(), StandardCharsets.UTF_8);
        return number(send(request("/inflight?allocation=" + name).build()), "inFlight");
    }

    @Override
    public Served serve(String address, int prefixLength) throws IOException, InterruptedException {
        byte[] body = JSON.writeValueAsBytes(
                JSON.createObjectNode().put("address", address).put("prefixLength", prefixLength));
        byte[] answer = send(request("/inside")
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofByteArray(body))
                .build());
        try {
            return JSON.readValue(answer, Served.class);
        } catch (JacksonException e) {
            throw new IOException("the edge's answer was not understood: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(admin.resolve(path)).timeout(TIMEOUT).header("Authorization", "Bearer " + token);
    }

    private byte[] send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IOException(request.method() + " " + request.uri().getPath() + " was answered "
                    + response.statusCode() + " by the edge: " + new String(response.body(), StandardCharsets.UTF_8));
        }
        return response.body();
    }

    private static long number(byte[] json, String name) throws IOException {
        try {
            JsonNode node = JSON.readTree(json).get(name);
            if (node != null && node.isIntegralNumber()) {
                return node.longValue();
            }
            throw new IOException("the edge's answer has no number '" + name + "'");
        } catch (JacksonException e) {
            throw new IOException("the edge's answer was not understood: " + e.getMessage(), e);
        }
    }
}

package io.slipway.traffic;

import io.slipway.base.AllocationId;
import io.slipway.routing.RouteFault;
import io.slipway.routing.RouteTable;
import io.slipway.traffic.dns.Subnet;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The edge's own HTTP endpoint, on loopback, for its host's agent: {@code PUT /routes}, {@code GET /counts}, {@code GET
 * /inflight?allocation=ID}, {@code PUT /inside} (where containers are served), {@code GET /metrics}; all with the bearer token. {@code GET /health}
 * needs none.
 */
final class AdminEndpoint extends VerticleBase {
    private static final int BODY_BYTES_MAX = 16 << 20;
    private static final JsonMapper JSON = JsonMapper.shared();
    private final int port;
    private final byte[] token;
    private final LiveRoutes live;
    private final Counters counters;
    private final Snapshot snapshot;
    private final Inside inside;
    private @Nullable HttpServer server;

    /** Refuses to take routes, with the answer to give. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Problem problem;

        Refused(Problem problem) {
            super(problem.detail());
            this.problem = problem;
        }
    }

    AdminEndpoint(int port, String token, LiveRoutes live, Counters counters, Snapshot snapshot, Inside inside) {
        this.port = port;
        this.token = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
        this.live = live;
        this.counters = counters;
        this.snapshot = snapshot;
        this.inside = inside;
    }

    @Override
    public Future<?> start() {
        HttpServer http = vertx.createHttpServer(
                        new HttpServerOptions().setIdleTimeout(600).setHttp2ClearTextEnabled(false))
                .requestHandler(this::handle);
        server = http;
        return http.listen(port, "127.0.0.1");
    }

    int actualPort() {
        return server == null ? 0 : server.actualPort();
    }

    private void handle(HttpServerRequest request) {
        String path = request.path() == null ? "" : request.path();
        if (path.equals("/health")) {
            json(request, Map.of("status", "up", "instance", counters.instance, "generation", live.generation()));
        } else if (!authorised(request)) {
            request.response().putHeader("WWW-Authenticate", "Bearer");
            new Problem(401, "no-token", "Unauthorized", "The admin endpoint of the edge asks for its bearer token.")
                    .answer(request);
        } else {
            route(request, request.method().name() + " " + path);
        }
    }

    private void route(HttpServerRequest request, String what) {
        switch (what) {
            case "PUT /routes" -> whole(request, body -> apply(request, body));
            case "PUT /inside" -> whole(request, body -> serve(request, body));
            case "GET /routes" -> json(request, live.routes().table);
            case "GET /counts" -> json(request, counters.counts(live.generation()));
            case "GET /inflight" -> inFlight(request);
            case "GET /metrics" ->
                request.response()
                        .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                        .end(MetricsText.of(counters, live));
            default -> new Problem(404, "unknown", "Not found", "There is no '" + what + "' here.").answer(request);
        }
    }

    private void inFlight(HttpServerRequest request) {
        String allocation = request.getParam("allocation");
        if (allocation == null || allocation.isBlank()) {
            Refusals.badRequest("Name the allocation: /inflight?allocation=ID").answer(request);
            return;
        }
        json(request, Map.of("allocation", allocation, "inFlight", live.inFlight(new AllocationId(allocation))));
    }

    private static void whole(HttpServerRequest request, Consumer<Buffer> taker) {
        Buffer body = Buffer.buffer();
        request.handler(chunk -> {
            if (body.length() <= BODY_BYTES_MAX) {
                body.appendBuffer(chunk);
            }
        });
        request.endHandler(end -> {
            if (body.length() > BODY_BYTES_MAX) {
                new Problem(413, "too-large", "Too large", "A route table has at most 16 MiB.").answer(request);
            } else {
                taker.accept(body);
            }
        });
    }

    private void serve(HttpServerRequest request, Buffer body) {
        // Not a thread of Vert.x: it waits for those.
        Thread.ofVirtual().name("inside").start(() -> {
            Runnable answer = served(request, body);
            context.runOnContext(_ -> answer.run());
        });
    }

    private Runnable served(HttpServerRequest request, Buffer body) {
        try {
            Inside.Served served = inside.serve(subnet(body));
            return () -> json(request, served);
        } catch (Refused refused) {
            return () -> refused.problem.answer(request);
        } catch (IOException e) {
            String detail = e.getMessage() + ". Clients elsewhere are served as before.";
            return () -> new Problem(500, "not-served", "Containers not served", detail).answer(request);
        }
    }

    private static Subnet subnet(Buffer body) throws Refused {
        try {
            @Nullable Subnet at = JSON.readValue(body.getBytes(), Subnet.class);
            if (at != null) {
                return at;
            }
        } catch (JacksonException | IllegalArgumentException | NullPointerException e) {
            // Told below, in the same words.
        }
        throw new Refused(Refusals.badRequest("The body is not {\"address\": IPv4, \"prefixLength\": 8 to 30}"));
    }

    private void apply(HttpServerRequest request, Buffer body) {
        // ordered: one table after the other, so that the generation on disk never falls behind the one in effect
        vertx.executeBlocking(() -> take(body), true)
                .onComplete(generation -> json(request, Map.of("generation", generation)), cause -> {
                    if (cause instanceof Refused refused) {
                        refused.problem.answer(request);
                    } else {
                        new Problem(
                                        500,
                                        "not-saved",
                                        "Routes not saved",
                                        "Saving the routes: " + cause + ". The routes in effect are unchanged.")
                                .answer(request);
                    }
                });
    }

    private long take(Buffer body) throws Refused, IOException {
        RouteTable table = parse(body);
        if (table.generation().value() < live.generation()) {
            throw new Refused(new Problem(
                    409,
                    "stale-generation",
                    "Stale routes",
                    "Generation " + table.generation().value() + " is older than " + live.generation()
                            + ", which is in effect."));
        }
        snapshot.save(table);
        live.apply(table);
        return live.generation();
    }

    private static RouteTable parse(Buffer body) throws Refused {
        try {
            @Nullable RouteTable table = JSON.readValue(body.getBytes(), RouteTable.class);
            if (table == null) {
                throw new Refused(Refusals.badRequest("The body is null, not a route table"));
            }
            List<RouteFault> faults = RouteFault.in(table);
            if (faults.isEmpty()) {
                return table;
            }
            String all =
                    faults.stream().map(f -> f.field() + ": " + f.problem()).collect(Collectors.joining("; "));
            throw new Refused(new Problem(422, "invalid-routes", "Invalid routes", all));
        } catch (JacksonException | IllegalArgumentException e) {
            throw new Refused(Refusals.badRequest("The body is not a route table: " + e.getMessage()));
        }
    }

    private boolean authorised(HttpServerRequest request) {
        String given = request.getHeader("Authorization");
        return given != null && MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), token);
    }

    private static void json(HttpServerRequest request, Object value) {
        request.response().putHeader("Content-Type", "application/json").end(JSON.writeValueAsString(value));
    }
}

package io.slipway.telemetry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/** A real HTTP server that answers range queries in Prometheus' format, as a script says. */
public final class StubPrometheus implements AutoCloseable {
    /** What a query is at a time: a number as Prometheus writes it; empty: no sample. */
    public interface Script {
        Optional<String> at(String query, Instant time);
    }

    private final HttpServer server;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Map<String, String>> asked = new ArrayList<>();
    private volatile Script script = (query, time) -> Optional.of("1");
    private volatile Optional<Reply> instead = Optional.empty();
    private volatile boolean silent;
    private volatile String wanted = "";

    private record Reply(int status, String body) {}

    public StubPrometheus() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/api/v1/query_range", this::answer);
        server.start();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** One to ask it with. */
    public Prometheus client(Duration step, Duration timeout) {
        return new Prometheus(new Prometheus.Settings(url(), Optional.empty(), timeout, step));
    }

    public void play(Script next) {
        script = next;
        instead = Optional.empty();
        silent = false;
    }

    /** Answers everything with this. */
    public void replyWith(int status, String body) {
        instead = Optional.of(new Reply(status, body));
    }

    /** Takes questions and answers none. */
    public void fallSilent() {
        silent = true;
    }

    /** Answers only who shows this header. */
    public void require(String authorization) {
        wanted = authorization;
    }

    /** The fields of each question. */
    public synchronized List<Map<String, String>> asked() {
        return List.copyOf(asked);
    }

    private void answer(HttpExchange exchange) throws IOException {
        Map<String, String> form = form(exchange);
        synchronized (this) {
            asked.add(form);
        }
        if (silent) {
            awaitClose();
            exchange.close();
            return;
        }
        String shown = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                .orElse("");
        Reply reply = shown.equals(wanted) || wanted.isEmpty()
                ? instead.orElseGet(() -> new Reply(200, matrix(form)))
                : new Reply(401, "Unauthorized");
        byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(reply.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void awaitClose() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Map<String, String> form(HttpExchange exchange) throws IOException {
        Map<String, String> fields = new TreeMap<>();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        for (String field : body.split("&")) {
            String[] pair = field.split("=", 2);
            fields.put(pair[0], URLDecoder.decode(pair[1], StandardCharsets.UTF_8));
        }
        return fields;
    }

    private String matrix(Map<String, String> form) {
        StringBuilder values = new StringBuilder();
        long step = Long.parseLong(form.getOrDefault("step", "1"));
        long end = Long.parseLong(form.getOrDefault("end", "0"));
        for (long t = Long.parseLong(form.getOrDefault("start", "0")); t <= end; t += step) {
            Optional<String> value = script.at(form.getOrDefault("query", ""), Instant.ofEpochSecond(t));
            if (value.isPresent()) {
                values.append(values.isEmpty() ? "" : ",")
                        .append("[")
                        .append(t)
                        .append(",\"")
                        .append(value.get())
                        .append("\"]");
            }
        }
        String result = values.isEmpty() ? "" : "{\"metric\":{},\"values\":[" + values + "]}";
        return "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[" + result + "]}}";
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
    }
}

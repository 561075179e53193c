package io.slipway.telemetry;

import io.slipway.control.OwnSeriesStore.Value;
import io.slipway.control.QuerySource;
import io.slipway.control.SourceFailed;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A Prometheus, or what speaks its HTTP API: range queries by POST to {@code /api/v1/query_range} (prometheus.io/docs, HTTP API, range queries). Follows
 * no redirect; an answer beyond 4 MiB, or later than the time out, is none.
 */
public final class Prometheus implements QuerySource {
    private static final long BYTES_MAX = 4 << 20;
    private static final int SHOWN = 300;
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private final Settings settings;
    private final HttpClient http;

    /**
     * Where it is.
     *
     * @param url without {@code /api/v1/...}
     * @param authorization the whole header: {@code Basic ...} or {@code Bearer ...}
     * @param timeout of one question, to the end of its answer
     * @param step between two values; 1 s or more
     */
    public record Settings(URI url, Optional<String> authorization, Duration timeout, Duration step) {}

    public Prometheus(Settings settings) {
        this.settings = settings;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.timeout())
                .build();
    }

    @Override
    public Duration step() {
        return settings.step();
    }

    @Override
    public List<Value> range(String query, Instant first, Instant last) throws SourceFailed {
        String form = "query=" + encoded(query) + "&start=" + seconds(first) + "&end=" + seconds(last) + "&step="
                + settings.step().toSeconds() + "&timeout=" + settings.timeout().toSeconds() + "s";
        HttpRequest.Builder request = HttpRequest.newBuilder(uri())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(form));
        settings.authorization().ifPresent(header -> request.header("Authorization", header));
        HttpResponse<byte[]> answer =
                await(http.sendAsync(request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), BYTES_MAX)));
        return values(answer.statusCode(), answer.body());
    }

    private URI uri() {
        String base = settings.url().toString();
        return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + "/api/v1/query_range");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String seconds(Instant at) {
        return Long.toString(at.getEpochSecond());
    }

    private HttpResponse<byte[]> await(CompletableFuture<HttpResponse<byte[]>> asked) throws SourceFailed {
        try {
            return asked.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            asked.cancel(true);
            throw new SourceFailed("no answer from " + settings.url() + " within "
                    + settings.timeout().toMillis()
                    + " ms; look whether it is overloaded, or raise slipway.prometheus.timeout");
        } catch (ExecutionException e) {
            throw new SourceFailed("cannot ask " + settings.url() + ": " + cause(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceFailed("interrupted while " + settings.url() + " was asked");
        }
    }

    private static String cause(@Nullable Throwable cause) {
        if (cause == null) {
            return "unknown";
        }
        String text = cause.getMessage();
        return cause instanceof IOException && text != null
                ? text + " (" + cause.getClass().getSimpleName() + ")"
                : cause.toString();
    }

    private List<Value> values(int status, byte[] body) throws SourceFailed {
        if (status == 401 || status == 403) {
            throw new SourceFailed(settings.url() + " refuses the credentials (" + status
                    + "); see slipway.prometheus.username, password-file and token-file");
        }
        JsonNode answer = json(status, body);
        if (!answer.path("status").asString("").equals("success")) {
            throw new SourceFailed(settings.url() + " says " + status + ", "
                    + answer.path("errorType").asString("error") + ": "
                    + cut(answer.path("error").asString("no reason given")));
        }
        JsonNode series = answer.path("data").path("result");
        if (!answer.path("data").path("resultType").asString("").equals("matrix") || series.size() > 1) {
            throw new SourceFailed("the query gives " + series.size()
                    + " series where one is due; put sum(), max() or another aggregation around it");
        }
        List<Value> values = new ArrayList<>();
        for (JsonNode point : series.path(0).path("values")) {
            values.add(value(point));
        }
        return values;
    }

    private JsonNode json(int status, byte[] body) throws SourceFailed {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            throw new SourceFailed(settings.url() + " answers " + status + " and no JSON: '"
                    + cut(new String(body, StandardCharsets.UTF_8)) + "'; is it a Prometheus?");
        }
    }

    private Value value(JsonNode point) throws SourceFailed {
        try {
            long millis = Math.round(point.path(0).asDouble(Double.NaN) * 1000);
            double number = switch (point.path(1).asString("")) {
                case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
                case "-Inf" -> Double.NEGATIVE_INFINITY;
                case String text -> Double.parseDouble(text);
            };
            return new Value(
                    Instant.ofEpochMilli(millis).minus(settings.step()),
                    settings.step().toSeconds(),
                    number);
        } catch (NumberFormatException e) {
            throw new SourceFailed(
                    settings.url() + " answers with a value that is no number: " + cut(point.toString()));
        }
    }

    private static String cut(String text) {
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}

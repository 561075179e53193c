package io.slipway.cli;

import io.slipway.sandbox.json.JsonFault;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The REST API of a controller. An answer that is a problem (RFC 9457) becomes a {@link CommandFailed} that says all of it. */
public final class ApiClient {
    public static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    private final String server;
    private final String token;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();

    public ApiClient(String server, String token) {
        this.server = server.endsWith("/") ? server.substring(0, server.length() - 1) : server;
        this.token = token;
    }

    String server() {
        return server;
    }

    public JsonNode get(String path) {
        return json(send(request(path).GET(), path));
    }

    /** As it is sent, e.g. Markdown. */
    public String getText(String path) {
        return send(request(path).header("Accept", "*/*").GET(), path);
    }

    /** Too large for memory; to be closed. */
    InputStream stream(String path) {
        HttpResponse<InputStream> response =
                exchange(request(path).header("Accept", "*/*").GET(), path, BodyHandlers.ofInputStream());
        if (response.statusCode() < 400) {
            return response.body();
        }
        try (InputStream body = response.body()) {
            throw problem(response.statusCode(), new String(body.readAllBytes(), StandardCharsets.UTF_8), path);
        } catch (IOException cut) {
            throw new CommandFailed(ExitCode.UNREACHABLE, "the controller's answer to " + path + " broke off: " + cut);
        }
    }

    public JsonNode post(String path, Map<String, ?> body) {
        return post(path, JSON.writeValueAsString(body), "application/json", Optional.empty());
    }

    public JsonNode post(String path, String body, String contentType, Optional<String> idempotencyKey) {
        HttpRequest.Builder request = request(path)
                .header("Content-Type", contentType)
                .POST(BodyPublishers.ofString(body, StandardCharsets.UTF_8));
        idempotencyKey.ifPresent(key -> request.header("Idempotency-Key", key));
        return json(send(request, path));
    }

    public static String encode(String pathSegment) {
        return URLEncoder.encode(pathSegment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server + path))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + token);
    }

    private String send(HttpRequest.Builder request, String path) {
        HttpResponse<String> response = exchange(request, path, BodyHandlers.ofString(StandardCharsets.UTF_8));
        if (response.statusCode() >= 400) {
            throw problem(response.statusCode(), response.body(), path);
        }
        return response.body();
    }

    private <T> HttpResponse<T> exchange(HttpRequest.Builder request, String path, HttpResponse.BodyHandler<T> body) {
        try {
            return http.send(request.build(), body);
        } catch (IOException unreachable) {
            throw new CommandFailed(
                    ExitCode.UNREACHABLE,
                    "cannot reach the controller at " + server + ": " + unreachable
                            + ". Is 'slipway up' running, and is --server right?");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailed(ExitCode.STILL_WAITING, "interrupted while waiting for " + path);
        }
    }

    private static CommandFailed problem(int status, String body, String path) {
        int code = status == 503 ? ExitCode.UNREACHABLE : ExitCode.FAILED;
        try {
            JsonNode problem = JSON.readTree(body);
            StringBuilder text = new StringBuilder(problem.path("title").asString("") + " (" + status + ")");
            String detail = problem.path("detail").asString("");
            text.append(detail.isEmpty() ? "" : ": " + detail);
            for (JsonNode violation : problem.path("violations")) {
                String value = violation.path("value").asString("");
                text.append("\n  ").append(violation.path("field").asString(""));
                text.append(value.isEmpty() ? "" : " '" + value + "'").append(": ");
                text.append(violation.path("problem").asString(""))
                        .append(". ")
                        .append(violation.path("fix").asString(""));
            }
            return new CommandFailed(code, text.toString());
        } catch (JacksonException notJson) {
            return new CommandFailed(code, "the controller answered " + status + " to " + path);
        }
    }

    private static JsonNode json(String body) {
        try {
            return JSON.readTree(body.isBlank() ? "{}" : body);
        } catch (JacksonException notJson) {
            throw new CommandFailed(ExitCode.FAILED, "the controller's answer is not JSON " + JsonFault.of(notJson));
        }
    }
}

package io.slipway.fleet;

import io.slipway.base.Epoch;
import io.slipway.base.Generation;
import io.slipway.base.HostName;
import io.slipway.placement.HostReport;
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
import java.util.Optional;
import java.util.concurrent.Executors;

/** The agent's end of the wire. Each call fails with {@link FleetException} and may be repeated. */
public final class FleetClient implements AutoCloseable {
    private static final int ASSIGNMENTS_BYTES_MAX = 64 << 20;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration REPORT_TIMEOUT = Duration.ofSeconds(15);

    private final URI controller;
    private final FleetToken token;
    private final HttpClient http;

    /** @param controller for example {@code http://127.0.0.1:7400} */
    public FleetClient(URI controller, FleetToken token) {
        this.controller = controller;
        this.token = token;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
    }

    /** Returns once the controller has stored it; only then may its windows be forgotten. */
    public void report(HostReport report) throws FleetException, InterruptedException {
        HttpRequest request = request("/fleet/v1/report", REPORT_TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(FleetCodec.write(report)))
                .build();
        send(request);
    }

    /** Waits up to {@code wait} (whole seconds) for assignments that are newer than what was seen. */
    public Optional<Assignments> awaitAssignments(HostName host, Epoch seen, Generation after, Duration wait)
            throws FleetException, InterruptedException {
        String query = "?host=" + URLEncoder.encode(host.value(), StandardCharsets.UTF_8) + "&epoch=" + seen.value()
                + "&after=" + after.value() + "&wait=" + wait.toSeconds();
        HttpRequest request =
                request("/fleet/v1/assignments" + query, wait.plusSeconds(10)).build();
        byte[] body = send(request);
        return body.length == 0 ? Optional.empty() : Optional.of(FleetCodec.read(body, Assignments.class));
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private HttpRequest.Builder request(String path, Duration timeout) {
        return HttpRequest.newBuilder(controller.resolve(path))
                .timeout(timeout)
                .header("Authorization", token.authorization());
    }

    private byte[] send(HttpRequest request) throws FleetException, InterruptedException {
        String what = request.method() + " " + request.uri();
        try {
            HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
            try (InputStream in = response.body()) {
                byte[] body = in.readNBytes(ASSIGNMENTS_BYTES_MAX + 1);
                if (response.statusCode() / 100 != 2) {
                    throw new FleetException(what + " was answered " + response.statusCode() + ": "
                            + new String(body, 0, Math.min(body.length, 500), StandardCharsets.UTF_8));
                }
                if (body.length > ASSIGNMENTS_BYTES_MAX) {
                    throw new FleetException(what + ": the answer has more than " + ASSIGNMENTS_BYTES_MAX + " bytes");
                }
                return body;
            }
        } catch (FleetException e) {
            throw e;
        } catch (IOException e) {
            throw new FleetException(
                    what + ": the controller did not answer (" + e
                            + "); containers and the edge go on, it is tried again",
                    e);
        }
    }
}

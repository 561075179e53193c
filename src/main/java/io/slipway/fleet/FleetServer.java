package io.slipway.fleet;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.slipway.base.Epoch;
import io.slipway.base.Generation;
import io.slipway.base.HostName;
import io.slipway.placement.HostReport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The controller's end of the wire; agents dial it.
 *
 * <pre>
 *   POST /fleet/v1/report                                          HostReport; 204 once it is stored
 *   GET  /fleet/v1/assignments?host=H&amp;epoch=E&amp;after=G&amp;wait=20     Assignments newer than (E, G) at once or within {@code wait} seconds, else 204
 * </pre>
 */
public final class FleetServer implements AutoCloseable {
    /** A report holds at most some hundred windows; more is not from an agent of ours. */
    public static final int REPORT_BYTES_MAX = 16 << 20;

    private static final Duration WAIT_MAX = Duration.ofSeconds(60);
    private static final Logger LOG = Logger.getLogger(FleetServer.class.getName());

    static {
        // Read once by the JDK's server: whoever is slower than this to send a request is cut off (seconds).
        System.setProperty("sun.net.httpserver.maxReqTime", "60");
    }

    private final AssignmentBoard board = new AssignmentBoard();
    private final FleetToken token;
    private final Consumer<HostReport> reports;
    private final HttpServer http;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * Begins to listen.
     *
     * @param reports returns once the report is stored; what it throws is answered with 503, and the agent sends again
     */
    public FleetServer(InetSocketAddress bind, FleetToken token, Consumer<HostReport> reports) throws IOException {
        this.token = token;
        this.reports = reports;
        this.http = HttpServer.create(bind, 0);
        http.setExecutor(threads);
        http.createContext("/fleet/v1/report", exchange -> answer(exchange, "POST", this::report));
        http.createContext("/fleet/v1/assignments", exchange -> answer(exchange, "GET", this::assignments));
        http.start();
    }

    public InetSocketAddress address() {
        return http.getAddress();
    }

    /** Offers assignments to their host. False when a newer epoch or generation is known already, or the same. */
    public boolean publish(Assignments assignments) {
        return board.put(assignments);
    }

    @Override
    public void close() {
        board.close();
        http.stop(0);
        threads.shutdownNow();
    }

    private Answer report(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(REPORT_BYTES_MAX + 1);
        if (body.length > REPORT_BYTES_MAX) {
            return Answer.text(413, "a report may have " + REPORT_BYTES_MAX + " bytes");
        }
        HostReport report = FleetCodec.read(body, HostReport.class);
        try {
            reports.accept(report);
        } catch (RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    "report of host " + report.host() + " could not be stored; its agent will send it again",
                    e);
            return Answer.text(503, "the report could not be stored; send it again");
        }
        return Answer.nothing();
    }

    private Answer assignments(HttpExchange exchange) throws IOException, InterruptedException {
        Map<String, String> query = query(exchange);
        String host = query.get("host");
        if (host == null || host.isBlank()) {
            return Answer.text(400, "host is missing");
        }
        long waitSeconds = Math.clamp(number(query, "wait"), 0, WAIT_MAX.toSeconds());
        Optional<Assignments> newer = board.await(
                new HostName(host),
                new Epoch(number(query, "epoch")),
                new Generation(number(query, "after")),
                Duration.ofSeconds(waitSeconds));
        return newer.map(a -> new Answer(200, FleetCodec.write(a))).orElseGet(Answer::nothing);
    }

    private void answer(HttpExchange exchange, String method, Handler handler) throws IOException {
        try (exchange) {
            Answer answer;
            try {
                if (!token.matches(exchange.getRequestHeaders().getFirst("Authorization"))) {
                    answer = Answer.text(401, "the fleet token is missing or not the controller's");
                } else if (!exchange.getRequestMethod().equals(method)) {
                    answer = Answer.text(405, "only " + method);
                } else {
                    answer = handler.handle(exchange);
                }
            } catch (FleetException | NumberFormatException e) {
                answer = Answer.text(400, String.valueOf(e.getMessage()));
            } catch (InterruptedException e) {
                answer = Answer.text(503, "the controller is ending");
            }
            exchange.sendResponseHeaders(answer.status, answer.body.length == 0 ? -1 : answer.body.length);
            exchange.getResponseBody().write(answer.body);
        }
    }

    private static long number(Map<String, String> query, String name) {
        return Long.parseLong(query.getOrDefault(name, "0"));
    }

    private static Map<String, String> query(HttpExchange exchange) {
        Map<String, String> query = new HashMap<>();
        String raw = exchange.getRequestURI().getRawQuery();
        for (String pair : raw == null ? new String[0] : raw.split("&")) {
            int at = pair.indexOf('=');
            if (at > 0) {
                query.put(pair.substring(0, at), URLDecoder.decode(pair.substring(at + 1), StandardCharsets.UTF_8));
            }
        }
        return query;
    }

    private interface Handler {
        Answer handle(HttpExchange exchange) throws IOException, InterruptedException;
    }

    private record Answer(int status, byte[] body) {
        static Answer nothing() {
            return new Answer(204, new byte[0]);
        }

        static Answer text(int status, String text) {
            return new Answer(status, text.getBytes(StandardCharsets.UTF_8));
        }
    }
}

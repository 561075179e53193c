package io.slipway.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.control.OwnSeriesStore.Value;
import io.slipway.control.SourceFailed;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PrometheusTest {
    private static final Instant FIRST = Instant.parse("2026-11-23T12:00:10Z");
    private static final Instant LAST = FIRST.plusSeconds(20);
    private static final Duration STEP = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private StubPrometheus stub;

    @BeforeEach
    void begin() throws IOException {
        stub = new StubPrometheus();
    }

    @AfterEach
    void end() {
        stub.close();
    }

    private List<Value> ask(Prometheus prometheus) throws SourceFailed {
        try (prometheus) {
            return prometheus.range("sum(rate(app_failed_total[1m])) > 0", FIRST, LAST);
        }
    }

    private void assertFails(String... words) {
        assertThatThrownBy(() -> ask(stub.client(STEP, PATIENCE)))
                .isInstanceOf(SourceFailed.class)
                .hasMessageContainingAll(words);
    }

    @Test
    void a_range_is_asked_as_prometheus_takes_it_and_each_value_stands_for_the_step_before_its_time() throws Exception {
        stub.play((query, time) -> Optional.of(time.equals(FIRST) ? "0.25" : "3"));
        List<Value> values = ask(stub.client(STEP, PATIENCE));
        assertThat(values)
                .containsExactly(
                        new Value(FIRST.minus(STEP), 10, 0.25),
                        new Value(FIRST, 10, 3),
                        new Value(LAST.minus(STEP), 10, 3));
        assertThat(stub.asked())
                .containsExactly(Map.of(
                        "query", "sum(rate(app_failed_total[1m])) > 0",
                        "start", String.valueOf(FIRST.getEpochSecond()),
                        "end", String.valueOf(LAST.getEpochSecond()),
                        "step", "10",
                        "timeout", "30s"));
    }

    @Test
    void no_series_is_no_value_and_numbers_that_are_none_are_passed_on_as_such() throws Exception {
        stub.play((query, time) -> Optional.empty());
        assertThat(ask(stub.client(STEP, PATIENCE))).isEmpty();
        List<String> given = List.of("NaN", "+Inf", "-Inf");
        stub.play((query, time) ->
                Optional.of(given.get((int) Duration.between(FIRST, time).dividedBy(STEP))));
        assertThat(ask(stub.client(STEP, PATIENCE)).stream().map(Value::value))
                .containsExactly(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
    }

    @Test
    void credentials_are_shown_and_their_refusal_is_named() throws Exception {
        stub.require("Bearer secret");
        Prometheus known =
                new Prometheus(new Prometheus.Settings(stub.url(), Optional.of("Bearer secret"), PATIENCE, STEP));
        assertThat(ask(known)).hasSize(3);
        assertFails("refuses the credentials", "token-file");
    }

    @Test
    void an_answer_that_is_none_says_what_is_wrong() {
        stub.replyWith(
                400, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse error: unexpected end\"}");
        assertFails("bad_data", "unexpected end");
        stub.replyWith(200, "<html>a proxy</html>");
        assertFails("no JSON", "is it a Prometheus");
        stub.replyWith(302, "");
        assertFails("302");
        String series = "{\"metric\":{\"pod\":\"a\"},\"values\":[[1,\"1\"]]}";
        stub.replyWith(
                200,
                "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[" + series + "," + series
                        + "]}}");
        assertFails("2 series where one is due", "sum()");
        stub.replyWith(
                200,
                "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"values\":[[1,\"x\"]]}]}}");
        assertFails("no number");
        stub.replyWith(200, "[" + " ".repeat(5 << 20) + "]");
        assertFails("cannot ask");
    }

    @Test
    void one_that_does_not_answer_is_given_up_at_the_time_out() {
        stub.fallSilent();
        assertThatThrownBy(() -> ask(stub.client(STEP, Duration.ofMillis(200))))
                .isInstanceOf(SourceFailed.class)
                .hasMessageContaining("within 200 ms");
    }

    @Test
    void one_that_is_not_there_is_named() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        URI nowhere = URI.create("http://127.0.0.1:" + free);
        assertThatThrownBy(
                        () -> ask(new Prometheus(new Prometheus.Settings(nowhere, Optional.empty(), PATIENCE, STEP))))
                .isInstanceOf(SourceFailed.class)
                .hasMessageContaining("cannot ask " + nowhere);
    }
}

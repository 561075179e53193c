package io.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Samples that a service pushes, and what is shown of sources. */
class PushedSamplesTest extends FrontTest {
    private static final String PATH = "/api/v1/metrics";

    @BeforeAll
    void service() {
        new Scenes(server(), Instant.now()).gating("checkout", "ro-1");
    }

    private HttpResponse<String> push(String token, String body) throws Exception {
        return server().post(PATH, token, "application/json", body);
    }

    private static String sample(String name, Instant at, String value) {
        return "{\"name\": \"" + name + "\", \"t\": \"" + at + "\", \"value\": " + value + "}";
    }

    private static String body(String samples) {
        return "{\"service\": \"checkout\", \"revision\": 42, \"samples\": [" + samples + "]}";
    }

    @Test
    void samples_are_kept_once_and_their_source_is_shown() throws Exception {
        String token = server().tokens.issue("checkout", "metrics:checkout");
        Instant now = Instant.now();
        String both = body(sample("queue_age", now, "12.5") + "," + sample("queue_age", now.minusSeconds(10), "0"));
        HttpResponse<String> first = push(token, both);
        assertThat(first.statusCode()).isEqualTo(202);
        assertThat(FrontServer.json(first).path("kept").asInt()).isEqualTo(2);
        assertThat(FrontServer.json(push(token, both)).path("kept").asInt()).isZero();
        JsonNode source = FrontServer.json(server().get("/api/v1/services/checkout/sources", token))
                .path("items")
                .path(0);
        assertThat(source.path("metric").asString()).isEqualTo("pushed");
        assertThat(source.path("name").asString()).isEqualTo("queue_age");
        assertThat(Instant.parse(source.path("newestSample").asString())).isEqualTo(now);
    }

    @Test
    void every_mistake_in_a_sample_is_named() throws Exception {
        String token = server().tokens.issue("checkout", "metrics:checkout");
        HttpResponse<String> refused = push(
                token,
                "{\"service\": \"checkout\", \"samples\": [{\"name\": \"a b\", \"t\": \"yesterday\", \"value\": \"NaN\","
                        + " \"unit\": \"s\"}, " + sample("late", Instant.now().minusSeconds(200_000), "1") + "]}");
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(FrontServer.json(refused).path("violations").findValuesAsString("field"))
                .containsExactly(
                        "revision",
                        "samples[0].unit",
                        "samples[0].name",
                        "samples[0].value",
                        "samples[0].t",
                        "samples[1].t");
        assertThat(push(token, body("")).statusCode()).isEqualTo(422);
    }

    @Test
    void a_token_of_another_scope_or_service_pushes_nothing() throws Exception {
        String sample = body(sample("queue_age", Instant.now(), "1"));
        assertThat(push(server().tokens.issue("reader", "read"), sample).statusCode())
                .isEqualTo(403);
        assertThat(push(server().tokens.issue("other", "metrics:cart"), sample).statusCode())
                .isIn(403, 404);
    }

    @Test
    void names_without_end_are_refused() throws Exception {
        String token = server().tokens.issue("checkout", "metrics:checkout");
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            many.append(i == 0 ? "" : ",").append(sample("name_" + i, Instant.now(), "1"));
        }
        HttpResponse<String> refused = push(token, body(many.toString()));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("at most 50");
    }
}

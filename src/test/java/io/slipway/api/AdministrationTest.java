package io.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What admins do: tokens and webhooks. */
class AdministrationTest extends FrontTest {
    private static final String JSON = "application/json";
    private String admin = "";

    @BeforeAll
    void tokens() {
        admin = server().tokens.issue("root", "admin");
    }

    private HttpResponse<String> delete(String path) throws Exception {
        return server().send(HttpRequest.newBuilder(server().at(path))
                .header("Authorization", "Bearer " + admin)
                .DELETE());
    }

    @Test
    void a_token_is_made_shown_once_usable_as_far_as_its_scopes_and_revoked() throws Exception {
        HttpResponse<String> answer = server().post(
                        "/api/v1/tokens",
                        admin,
                        JSON,
                        "{\"name\": \"ci\", \"scopes\": [\"release:checkout\"], \"expiresIn\": \"90d\"}");
        assertThat(answer.statusCode()).isEqualTo(201);
        JsonNode made = FrontServer.json(answer);
        String text = made.path("token").stringValue();
        assertThat(text).matches("slp_[0-9a-z]{38}");
        assertThat(server().get("/api/v1/services", text).statusCode()).isEqualTo(200);
        assertThat(server().get("/api/v1/tokens", text).statusCode()).isEqualTo(403);
        assertThat(server().get("/api/v1/tokens", admin).body())
                .contains("\"ci\"")
                .doesNotContain(text);
        assertThat(delete("/api/v1/tokens/" + made.path("id").stringValue()).statusCode())
                .isEqualTo(204);
        assertThat(server().get("/api/v1/services", text).statusCode()).isEqualTo(401);
        assertThat(delete("/api/v1/tokens/" + made.path("id").stringValue()).statusCode())
                .isEqualTo(404);
    }

    @Test
    void a_token_with_unknown_scopes_or_without_a_name_is_refused_with_both_named() throws Exception {
        HttpResponse<String> answer = server().post(
                        "/api/v1/tokens", admin, JSON, "{\"scopes\": [\"relaese\"], \"expiresIn\": \"5 fortnights\"}");
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(FrontServer.json(answer).path("violations").findValuesAsString("field"))
                .containsExactly("name", "scopes", "expiresIn");
    }

    @Test
    void a_webhook_shows_its_secret_once_and_its_dead_deliveries_can_be_sent_again() throws Exception {
        HttpResponse<String> answer = server().post(
                        "/api/v1/webhooks",
                        admin,
                        JSON,
                        "{\"url\": \"https://hooks.example.com/x\", \"kinds\": [\"rollout.reverted\"]}");
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(FrontServer.json(answer).path("secret").stringValue()).startsWith("whsec_");
        String id = FrontServer.json(answer).path("id").stringValue();
        assertThat(server().get("/api/v1/webhooks", admin).body())
                .contains("hooks.example.com")
                .doesNotContain("whsec_");
        JsonNode dead = FrontServer.json(server().get("/api/v1/webhooks/" + id + "/deliveries", admin))
                .path("items")
                .get(0);
        assertThat(dead.path("lastStatus").intValue()).isEqualTo(503);
        String again = "/api/v1/webhooks/" + id + "/deliveries/d-1/redeliver";
        assertThat(server().post(again, admin, JSON, "{}").statusCode()).isEqualTo(202);
        assertThat(server().webhooks.redelivered).containsExactly("d-1");
        assertThat(server().post(again.replace("d-1", "d-2"), admin, JSON, "{}").statusCode())
                .isEqualTo(404);
        assertThat(delete("/api/v1/webhooks/" + id).statusCode()).isEqualTo(204);
    }

    @Test
    void a_refused_address_names_its_field_and_only_admins_may_ask() throws Exception {
        HttpResponse<String> refused =
                server().post("/api/v1/webhooks", admin, JSON, "{\"url\": \"file:/etc/passwd\"}");
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(FrontServer.json(refused)
                        .path("violations")
                        .get(0)
                        .path("field")
                        .stringValue())
                .isEqualTo("url");
        String operator = server().tokens.issue("op", "operate");
        assertThat(server().get("/api/v1/webhooks", operator).statusCode()).isEqualTo(403);
    }
}

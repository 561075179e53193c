package io.slipway.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.api.FrontServer;
import io.slipway.api.FrontTest;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who gets in where, on a real server. */
class FrontDoorTest extends FrontTest {
    private String token = "";

    @BeforeAll
    void tokens() {
        token = server().tokens.issue("alice@example.com", "admin");
    }

    private HttpRequest.Builder form(String path, String body) {
        return HttpRequest.newBuilder(server().at(path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Origin", server().at("").toString())
                .POST(BodyPublishers.ofString(body));
    }

    private String signIn(String with) throws Exception {
        HttpResponse<String> answer = server().send(form("/sign-in", "token=" + with + "&to=%2Fhosts"));
        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(answer.headers().firstValue("Location")).hasValue("/hosts");
        String cookie = answer.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).contains("HttpOnly", "SameSite=Strict", "Path=/");
        return cookie.substring(0, cookie.indexOf(';'));
    }

    private int status(String path, String cookie) throws Exception {
        return server().send(HttpRequest.newBuilder(server().at(path)).header("Cookie", cookie))
                .statusCode();
    }

    @Test
    void pages_ask_for_signing_in_and_come_back_to_where_one_was() throws Exception {
        HttpResponse<String> answer = server().send(HttpRequest.newBuilder(server().at("/rollouts/ro-1")));
        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(answer.headers().firstValue("Location")).hasValue("/sign-in?to=%2Frollouts%2Fro-1");
        assertThat(status("/", signIn(token))).isEqualTo(200);
    }

    @Test
    void a_wrong_token_is_said_to_be_wrong_and_never_redirected_elsewhere() throws Exception {
        HttpResponse<String> wrong = server().send(form("/sign-in", "token=slp_wrong"));
        assertThat(wrong.statusCode()).isEqualTo(401);
        assertThat(wrong.body()).contains("mistyped");
        for (String evil : new String[] {"https://evil.example", "//evil.example", "/\\evil.example"}) {
            HttpResponse<String> answer = server().send(form(
                    "/sign-in", "token=" + token + "&to=" + URLEncoder.encode(evil, StandardCharsets.UTF_8)));
            assertThat(answer.headers().firstValue("Location")).hasValue("/");
        }
    }

    @Test
    void signing_out_kills_the_session_everywhere() throws Exception {
        String cookie = signIn(token);
        assertThat(server().send(form("/sign-out", "").header("Cookie", cookie)).statusCode())
                .isEqualTo(302);
        assertThat(status("/", cookie)).isEqualTo(302);
    }

    @Test
    void a_session_ends_with_the_token_it_was_signed_in_with() throws Exception {
        String own = server().tokens.issue("bob", "read");
        String cookie = signIn(own);
        assertThat(status("/", cookie)).isEqualTo(200);
        server().tokens.revokeText(own);
        assertThat(status("/", cookie)).isEqualTo(302);
    }

    @Test
    void a_session_is_no_bearer_token_and_a_cookie_opens_no_api() throws Exception {
        String cookie = signIn(token);
        String secret = cookie.substring(cookie.indexOf('=') + 1);
        assertThat(server().get("/api/v1/services", secret).statusCode()).isEqualTo(401);
        assertThat(status("/api/v1/services", cookie)).isEqualTo(401);
        assertThat(status("/", "slipway-session=" + token)).isEqualTo(302);
    }

    @Test
    void a_form_sent_from_elsewhere_changes_nothing() throws Exception {
        String cookie = signIn(token);
        for (String origin : new String[] {"https://evil.example", "null", ""}) {
            HttpRequest.Builder request = HttpRequest.newBuilder(server().at("/sign-out"))
                    .header("Cookie", cookie)
                    .POST(BodyPublishers.noBody());
            if (!origin.isEmpty()) {
                request.header("Origin", origin);
            }
            assertThat(server().send(request).statusCode()).as(origin).isEqualTo(403);
        }
        HttpRequest.Builder crossSite =
                form("/sign-out", "").header("Cookie", cookie).header("Sec-Fetch-Site", "cross-site");
        assertThat(server().send(crossSite).statusCode()).isEqualTo(403);
        assertThat(status("/", cookie)).isEqualTo(200);
    }

    @Test
    void a_link_followed_from_a_chat_loads_itself_again_with_the_cookie() throws Exception {
        HttpResponse<String> answer =
                server().send(HttpRequest.newBuilder(server().at("/")).header("Sec-Fetch-Site", "cross-site"));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("http-equiv=\"refresh\"").doesNotContain("Services");
    }

    @Test
    void pages_allow_no_inline_script_and_no_frame() throws Exception {
        HttpResponse<String> page = server().send(HttpRequest.newBuilder(server().at("/sign-in")));
        String policy = page.headers().firstValue("Content-Security-Policy").orElseThrow();
        assertThat(policy)
                .contains("default-src 'none'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(page.body())
                .doesNotContain("style=\"")
                .doesNotContainPattern("<script>")
                .doesNotContainPattern(" on[a-z]+=\"");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    }

    @Test
    void health_is_open_says_only_its_status_and_metrics_are_open_to_this_host_alone() throws Exception {
        HttpResponse<String> health = server().send(HttpRequest.newBuilder(server().at("/actuator/health")));
        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(FrontServer.json(health).propertyNames()).doesNotContain("components");
        assertThat(server().send(HttpRequest.newBuilder(server().at("/actuator/prometheus")))
                        .body())
                .contains("jvm_memory_used_bytes");
        HttpRequest.Builder forwarded =
                HttpRequest.newBuilder(server().at("/actuator/prometheus")).header("X-Forwarded-For", "203.0.113.9");
        assertThat(server().send(forwarded).statusCode()).isEqualTo(401);
        String reader = server().tokens.issue("prometheus", "read");
        assertThat(server().send(forwarded.header("Authorization", "Bearer " + reader))
                        .statusCode())
                .isEqualTo(200);
        assertThat(server().get("/actuator/env", token).statusCode()).isEqualTo(404);
    }
}

package io.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Bad requests: each is answered with a problem document that says what to do, and nothing is done. */
class RequestsTest extends FrontTest {
    private static final String YAML = "application/yaml";
    private static final String JSON = "application/json";
    private static final String FILE = Scenes.file("checkout");
    private String token = "";
    private String reader = "";

    @BeforeAll
    void tokens() {
        token = server().tokens.issue("ci", "release", "operate");
        reader = server().tokens.issue("wallboard", "read");
        new Scenes(server(), java.time.Instant.now()).gating("checkout", "ro-1");
    }

    private JsonNode refused(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode problem = FrontServer.json(answer);
        assertThat(problem.path("status").intValue()).isEqualTo(status);
        assertThat(problem.path("type").stringValue()).startsWith("urn:slipway:problem:");
        assertThat(problem.path("title").stringValue()).isNotBlank();
        assertThat(problem.path("detail").stringValue()).isNotBlank();
        assertThat(answer.body()).doesNotContain("Exception", "io.slipway", "org.springframework");
        return problem;
    }

    private JsonNode refusedRelease(String type, String body, int status) throws Exception {
        int before = server().releases.submitted.size();
        JsonNode problem = refused(server().post("/api/v1/releases", token, type, body), status);
        assertThat(server().releases.submitted).hasSize(before);
        return problem;
    }

    @Test
    void an_empty_body_is_refused() throws Exception {
        assertThat(refusedRelease(YAML, "", 400).path("detail").stringValue()).contains("empty");
        assertThat(refusedRelease(JSON, "  \n", 400).path("detail").stringValue())
                .contains("empty");
    }

    @Test
    void truncated_json_is_refused_with_line_and_column() throws Exception {
        assertThat(refusedRelease(JSON, "{\n  \"service\": \"checkout\",\n  \"image\": ", 400)
                        .path("detail")
                        .stringValue())
                .contains("line 3, column 12");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\": [1, 2", "{\"a\": tru}", "{a: 1}", "{\"a\": 01}", "{\"a\": \"\\x\"}", "{} x"})
    void what_is_no_json_is_refused_without_the_parsers_own_words(String body) throws Exception {
        assertThat(refusedRelease(JSON, body, 400).path("detail").stringValue())
                .doesNotContain("Source:", "REDACTED", "StreamRead", "JsonParser")
                .endsWith(". Nothing was changed. Mend it there and send it again.")
                .doesNotContain("..");
    }

    @Test
    void a_duplicate_key_is_refused() throws Exception {
        assertThat(refusedRelease(JSON, "{\"service\": \"a\", \"service\": \"b\"}", 400)
                        .path("detail")
                        .stringValue())
                .contains("service", "line 1");
    }

    @Test
    void ten_thousand_levels_of_nesting_are_refused() throws Exception {
        assertThat(refusedRelease(JSON, "[".repeat(10_000) + "]".repeat(10_000), 400)
                        .path("detail")
                        .stringValue())
                .contains("nesting");
    }

    @Test
    void an_unknown_field_is_refused_with_the_nearest_known_name() throws Exception {
        JsonNode problem =
                refused(server().post("/api/v1/rollouts/ro-1/pause", token, JSON, "{\"raeson\": \"x\"}"), 422);
        assertThat(problem.path("violations").get(0).path("field").stringValue())
                .isEqualTo("raeson");
        assertThat(problem.path("violations").get(0).path("fix").stringValue()).contains("'reason'");
        assertThat(problem.path("violations")).hasSize(2);
    }

    @Test
    void a_body_above_one_mebibyte_is_413_also_when_its_length_is_not_announced() throws Exception {
        String large = FILE + "#" + "x".repeat(1 << 20);
        refusedRelease(YAML, large, 413);
        HttpRequest.Builder chunked = HttpRequest.newBuilder(server().at("/api/v1/releases"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", YAML)
                .POST(BodyPublishers.ofInputStream(
                        () -> new java.io.ByteArrayInputStream(large.getBytes(StandardCharsets.UTF_8))));
        refused(server().send(chunked), 413);
    }

    @Test
    void xml_is_415_and_names_what_is_taken() throws Exception {
        assertThat(refusedRelease("application/xml", "<a/>", 415).path("detail").stringValue())
                .contains("yaml");
    }

    @Test
    void bad_utf8_is_refused_with_its_offset() throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server().at("/api/v1/releases"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", YAML)
                .POST(BodyPublishers.ofByteArray(new byte[] {'a', ':', ' ', (byte) 0xc3, (byte) 0x28}));
        assertThat(refused(server().send(request), 400).path("detail").stringValue())
                .contains("offset 3");
    }

    @Test
    void a_nul_in_a_string_is_refused() throws Exception {
        refusedRelease(YAML, "service: a\0b\n", 400);
        JsonNode problem =
                refused(server().post("/api/v1/rollouts/ro-1/pause", token, JSON, "{\"reason\": \"a\\u0000b\"}"), 422);
        assertThat(problem.path("violations").get(0).path("problem").stringValue())
                .contains("NUL");
    }

    @Test
    void a_path_that_the_server_itself_refuses_is_answered_with_a_problem_too() throws Exception {
        refused(server().get("/api/v1/services/a%00b", token), 400);
    }

    @Test
    void what_the_parser_finds_wrong_is_named_field_by_field() throws Exception {
        JsonNode problem = refusedRelease(YAML, "service: $(reboot)\nport: 70000\nroute: shop.example.com\n", 422);
        assertThat(problem.path("violations").findValuesAsString("field")).contains("service", "image", "port");
        assertThat(problem.path("violations").findValuesAsString("value")).contains("$(reboot)", "70000");
        assertThat(problem.path("violations").findValuesAsString("fix")).noneMatch(String::isBlank);
    }

    @Test
    void broken_yaml_is_refused_with_line_and_column() throws Exception {
        assertThat(refusedRelease(YAML, "service: [checkout\nimage: a\n", 400)
                        .path("detail")
                        .stringValue())
                .contains("line 2");
    }

    @Test
    void without_a_token_it_is_401_with_a_challenge() throws Exception {
        HttpResponse<String> answer = server().send(HttpRequest.newBuilder(server().at("/api/v1/services")));
        refused(answer, 401);
        assertThat(answer.headers().firstValue("WWW-Authenticate"))
                .hasValueSatisfying(v -> assertThat(v).startsWith("Bearer"));
    }

    @Test
    void a_mistyped_an_unknown_a_revoked_and_an_expired_token_are_401_and_told_apart() throws Exception {
        String revoked = server().tokens.issue("gone", "read");
        server().tokens.revokeText(revoked);
        String expired = server().tokens.issue("old", "read");
        server().tokens.expire(expired);
        String mistyped = reader.substring(0, reader.length() - 1) + (reader.endsWith("0") ? "1" : "0");
        String foreign = new FakeTokens().issue("elsewhere", "admin");
        assertThat(said("/api/v1/services", mistyped)).contains("checksum");
        assertThat(said("/api/v1/services", foreign)).contains("not known");
        assertThat(said("/api/v1/services", revoked)).contains("revoked");
        assertThat(said("/api/v1/services", expired)).contains("expired");
    }

    private String said(String path, String bad) throws Exception {
        return refused(server().get(path, bad), 401).path("detail").stringValue();
    }

    @Test
    void a_token_without_the_scope_is_403_and_the_scope_is_named() throws Exception {
        JsonNode problem = refused(server().post("/api/v1/releases", reader, YAML, FILE), 403);
        assertThat(problem.path("detail").stringValue()).contains("'release'", "wallboard");
        HttpResponse<String> pause = server().post("/api/v1/rollouts/ro-1/pause", reader, JSON, "{\"reason\": \"x\"}");
        assertThat(refused(pause, 403).path("detail").stringValue()).contains("'operate'");
        assertThat(pause.headers().firstValue("WWW-Authenticate"))
                .hasValueSatisfying(v -> assertThat(v).contains("scope=\"operate\""));
    }

    @Test
    void a_token_for_one_service_neither_sees_nor_releases_another() throws Exception {
        String only = server().tokens.issue("search-ci", "release:search");
        refused(server().get("/api/v1/services/checkout", only), 404);
        refused(server().get("/api/v1/rollouts/ro-1", only), 404);
        refused(server().get("/api/v1/audit", only), 403);
        assertThat(FrontServer.json(server().get("/api/v1/services", only)).path("items"))
                .isEmpty();
        assertThat(refused(server().post("/api/v1/releases", only, YAML, FILE), 403)
                        .path("detail")
                        .stringValue())
                .contains("service checkout");
        assertThat(server().post("/api/v1/releases", only, YAML, FILE.replace("checkout", "search"))
                        .statusCode())
                .isEqualTo(201);
    }

    @Test
    void an_unknown_address_is_404_and_a_wrong_method_405_with_what_is_allowed() throws Exception {
        refused(server().get("/api/v1/nothing", token), 404);
        refused(server().get("/api/v1/rollouts/none", token), 404);
        refused(
                server().get(
                                "/api/v1/services/$(reboot)"
                                        .replace("$(", "%24%28")
                                        .replace(")", "%29"),
                                token),
                404);
        HttpResponse<String> wrong = server().send(HttpRequest.newBuilder(server().at("/api/v1/releases"))
                .header("Authorization", "Bearer " + token)
                .DELETE());
        refused(wrong, 405);
        assertThat(wrong.headers().firstValue("Allow")).hasValue("POST");
    }

    @Test
    void parameters_out_of_range_or_unknown_are_refused() throws Exception {
        refused(server().get("/api/v1/rollouts?limit=-1", token), 400);
        refused(server().get("/api/v1/rollouts?limit=many", token), 400);
        assertThat(refused(server().get("/api/v1/rollouts?page=-1", token), 400)
                        .path("violations")
                        .get(0)
                        .path("field")
                        .stringValue())
                .isEqualTo("page");
        assertThat(refused(server().get("/api/v1/rollouts?limt=3", token), 400)
                        .path("detail")
                        .stringValue())
                .contains("'limit'");
        assertThat(refused(server().get("/api/v1/rollouts/ro-1?wait=5", token), 400)
                        .path("detail")
                        .stringValue())
                .contains("unit");
        assertThat(refused(server().get("/api/v1/rollouts/ro-1?until=promotd", token), 400)
                        .path("detail")
                        .stringValue())
                .contains("'promoted'");
    }

    @Test
    void a_stale_if_match_is_412_and_nothing_is_done() throws Exception {
        int before = server().releases.events.size();
        String body = "{\"reason\": \"x\"}";
        refused(server().post("/api/v1/rollouts/ro-1/pause", token, JSON, body, "If-Match", "\"v1\""), 412);
        assertThat(server().releases.events).hasSize(before);
        assertThat(server().post("/api/v1/rollouts/ro-1/pause", token, JSON, body, "If-Match", "\"v7\"")
                        .statusCode())
                .isEqualTo(202);
    }

    @Test
    void an_empty_or_over_long_idempotency_key_is_refused() throws Exception {
        refused(server().post("/api/v1/releases", token, YAML, FILE, "Idempotency-Key", " "), 400);
        refused(server().post("/api/v1/releases", token, YAML, FILE, "Idempotency-Key", "x".repeat(256)), 400);
        assertThat(server().post("/api/v1/releases", token, YAML, FILE, "Idempotency-Key", "x".repeat(255))
                        .statusCode())
                .isEqualTo(201);
    }

    @Test
    void the_same_key_gives_the_same_answer_and_one_release_and_another_body_is_422() throws Exception {
        int before = server().releases.submitted.size();
        HttpResponse<String> first = server().post("/api/v1/releases", token, YAML, FILE, "Idempotency-Key", "same");
        HttpResponse<String> again = server().post("/api/v1/releases", token, YAML, FILE, "Idempotency-Key", "same");
        assertThat(again.statusCode()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.headers().firstValue("Location"))
                .isEqualTo(first.headers().firstValue("Location"))
                .isPresent();
        assertThat(server().releases.submitted).hasSize(before + 1);
        refused(server().post("/api/v1/releases", token, YAML, FILE + "# other\n", "Idempotency-Key", "same"), 422);
        assertThat(server().releases.submitted).hasSize(before + 1);
    }

    @Test
    void of_fifty_parallel_requests_with_one_key_one_is_done_and_the_others_wait_or_get_its_answer() throws Exception {
        int before = server().releases.submitted.size();
        CountDownLatch open = new CountDownLatch(1);
        server().releases.holdUntil(open);
        try (var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
            List<java.util.concurrent.Future<HttpResponse<String>>> answers = IntStream.range(0, 50)
                    .mapToObj(i -> threads.submit(
                            () -> server().post("/api/v1/releases", token, YAML, FILE, "Idempotency-Key", "parallel")))
                    .toList();
            while (answers.stream().filter(java.util.concurrent.Future::isDone).count() < 49) {
                Thread.onSpinWait();
            }
            open.countDown();
            int created = 0;
            for (var answer : answers) {
                HttpResponse<String> got = answer.get();
                if (got.statusCode() == 409) {
                    assertThat(refused(got, 409).path("type").stringValue()).endsWith("request-in-flight");
                    assertThat(got.headers().firstValue("Retry-After")).hasValue("1");
                } else {
                    assertThat(got.statusCode()).isEqualTo(201);
                    created++;
                }
            }
            assertThat(created).isEqualTo(1);
        }
        assertThat(server().releases.submitted).hasSize(before + 1);
    }

    @Test
    void what_fails_inside_tells_an_incident_and_no_internals_and_may_be_tried_again() throws Exception {
        server().releases.failNext();
        HttpResponse<String> failed = server().post("/api/v1/releases", token, YAML, FILE, "Idempotency-Key", "retry");
        assertThat(refused(failed, 500).path("detail").stringValue())
                .contains("incident")
                .doesNotContain("secret inside");
        assertThat(server().post("/api/v1/releases", token, YAML, FILE, "Idempotency-Key", "retry")
                        .statusCode())
                .isEqualTo(201);
    }

    @Test
    void what_is_left_out_of_a_request_is_named() throws Exception {
        HttpRequest.Builder release =
                HttpRequest.newBuilder(server().at("/api/v1/releases")).header("Authorization", "Bearer " + token);
        assertThat(refused(server().send(release.POST(BodyPublishers.noBody())), 400)
                        .path("detail")
                        .stringValue())
                .startsWith("The body is empty.");
        HttpResponse<String> bare = server().send(release.POST(BodyPublishers.ofString(FILE)));
        assertThat(refused(bare, 415).path("detail").stringValue())
                .startsWith("This address does not take a request without Content-Type, but application/");
        HttpResponse<String> basic = server().send(HttpRequest.newBuilder(server().at("/api/v1/services"))
                .header("Authorization", "Basic YTpi")
                .GET());
        assertThat(refused(basic, 401).path("detail").stringValue())
                .startsWith("The header Authorization shows no bearer token. Send 'Authorization: Bearer");
    }

    @Test
    void a_refused_request_gives_its_key_back_to_the_mended_one() throws Exception {
        refused(server().post("/api/v1/releases", token, YAML, "service: [", "Idempotency-Key", "mended"), 400);
        server().releases
                .refuseWith(
                        new io.slipway.control.Refused(io.slipway.control.Refused.Kind.SERVICE_HELD, "held since r31"));
        refused(server().post("/api/v1/releases", token, YAML, FILE, "Idempotency-Key", "mended"), 409);
        assertThat(server().post("/api/v1/releases", token, YAML, FILE, "Idempotency-Key", "mended")
                        .statusCode())
                .isEqualTo(201);
    }

    @Test
    void refusals_of_the_core_keep_their_kind() throws Exception {
        server().releases
                .refuseWith(
                        new io.slipway.control.Refused(io.slipway.control.Refused.Kind.SERVICE_HELD, "held since r31"));
        assertThat(refusedRelease(YAML, FILE, 409).path("type").stringValue()).endsWith("service-held");
        server().releases
                .refuseWith(new io.slipway.control.Refused(
                        io.slipway.control.Refused.Kind.ROLLOUT_ACTIVE, "rollout ro-9 of r42 is active"));
        assertThat(refusedRelease(YAML, FILE, 409).path("detail").stringValue()).contains("ro-9");
    }
}

package io.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.Reason;
import io.slipway.base.ServiceName;
import io.slipway.control.Views.RolloutView;
import io.slipway.release.Parsed;
import io.slipway.release.PolicyDefaults;
import io.slipway.release.SpecParser;
import io.slipway.rollout.Ending;
import io.slipway.rollout.RolloutEvent;
import io.slipway.rollout.RolloutState;
import io.slipway.runbook.Decision;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Rollouts, services and what belongs to them, over the API. */
class RolloutsTest extends FrontTest {
    private static final String JSON = "application/json";
    private String token = "";
    private final Instant now = Instant.now();

    @BeforeAll
    void scenes() {
        token = server().tokens.issue("alice@example.com", "admin");
        new Scenes(server(), now).all();
    }

    private JsonNode get(String path) throws Exception {
        HttpResponse<String> answer = server().get(path, token);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return FrontServer.json(answer);
    }

    @Test
    void a_release_is_stored_and_its_rollout_located() throws Exception {
        HttpResponse<String> made =
                server().post("/api/v1/releases", token, "application/yaml", Scenes.file("new-one"));
        assertThat(made.statusCode()).isEqualTo(201);
        JsonNode body = FrontServer.json(made);
        assertThat(body.path("release").path("id").stringValue()).isNotBlank();
        assertThat(body.path("rollout").path("state").stringValue()).isEqualTo("queued");
        assertThat(made.headers().firstValue("Location"))
                .hasValue("/api/v1/rollouts/" + body.path("rollout").path("id").stringValue());
        assertThat(server().releases.actors.getLast().admin()).isTrue();
    }

    @Test
    void a_rollout_has_the_names_of_the_contract() throws Exception {
        JsonNode r = get("/api/v1/rollouts/ro-gating");
        assertThat(r.path("state").stringValue()).isEqualTo("gating");
        assertThat(r.path("revision").intValue()).isEqualTo(42);
        assertThat(r.path("stable").intValue()).isEqualTo(41);
        assertThat(r.path("owner").stringValue()).isEqualTo("alice@example.com");
        assertThat(r.path("waitingFor").stringValue()).contains("verdict");
        assertThat(r.path("reason").path("text").stringValue()).contains("212 ms");
        assertThat(r.path("weights").path("r42").doubleValue()).isEqualTo(25.0);
        assertThat(r.path("step").path("kind").stringValue()).isEqualTo("gate");
        assertThat(r.path("milestones").has("checked")).isTrue();
        assertThat(r.path("deadlines").has("gate")).isTrue();
        assertThat(r.path("metrics").get(0).path("metric").stringValue()).isEqualTo("p95_latency");
        assertThat(r.has("outcome")).isFalse();
        assertThat(get("/api/v1/rollouts/ro-reverted").path("outcome").stringValue())
                .isEqualTo("reverted");
    }

    @Test
    void what_is_not_a_number_is_left_out_of_json() throws Exception {
        JsonNode metric = get("/api/v1/rollouts/ro-broken").path("metrics").get(0);
        assertThat(metric.path("control").doubleValue()).isEqualTo(210.0);
        assertThat(metric.has("candidate")).isFalse();
        assertThat(server().get("/api/v1/rollouts/ro-broken/series", token).body())
                .doesNotContain("NaN");
    }

    @Test
    void a_long_poll_ends_when_the_milestone_is_reached_when_it_is_over_and_when_the_time_is_up() throws Exception {
        RolloutView first = new Scenes(server(), now).gating("poll-one", "ro-poll");
        assertThat(get("/api/v1/rollouts/ro-poll?wait=50ms&until=promoted")
                        .path("state")
                        .stringValue())
                .isEqualTo("gating");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<JsonNode> poll = () -> get("/api/v1/rollouts/ro-poll?wait=30s&until=promoted");
            var waiting = threads.submit(poll);
            server().views.put(changed(first, 8, first.state(), first.milestones()));
            Map<String, Instant> promoted = new HashMap<>(first.milestones());
            promoted.put("promoted", now);
            RolloutState watching = new RolloutState.Watching(first.state().course(), now, now.plusSeconds(60), false);
            server().views.put(changed(first, 9, watching, promoted));
            assertThat(waiting.get().path("milestones").has("promoted")).isTrue();
            var settled = threads.submit(() -> get("/api/v1/rollouts/ro-poll?wait=30s&until=settled"));
            Reason why = new Reason("regressed", "worse");
            server().views
                    .put(changed(
                            first,
                            10,
                            new RolloutState.Ended(first.state().course(), Ending.REVERTED, why, now),
                            promoted));
            assertThat(settled.get().path("state").stringValue()).isEqualTo("reverted");
        }
    }

    private static RolloutView changed(
            RolloutView r, long version, RolloutState state, Map<String, Instant> milestones) {
        return new RolloutView(
                r.id(),
                r.release(),
                r.revision(),
                r.stable(),
                version,
                state,
                r.reason(),
                r.waitingFor(),
                r.step(),
                r.weights(),
                milestones,
                r.deadlines(),
                r.verdict(),
                r.spec(),
                r.owner(),
                r.createdAt(),
                r.updatedAt());
    }

    @Test
    void rollouts_come_newest_first_by_pages_and_an_unknown_service_has_none() throws Exception {
        JsonNode page = get("/api/v1/rollouts?limit=3");
        assertThat(page.path("items")).hasSize(3);
        JsonNode second =
                get("/api/v1/rollouts?limit=3&before=" + page.path("next").stringValue());
        assertThat(second.path("items").get(0).path("id").stringValue())
                .isNotEqualTo(page.path("items").get(2).path("id").stringValue());
        assertThat(page.path("next").stringValue())
                .isEqualTo(page.path("items").get(2).path("id").stringValue());
        JsonNode whole = get("/api/v1/rollouts?service=checkout&limit=1");
        assertThat(whole.path("items")).hasSize(1);
        assertThat(whole.has("next")).isFalse();
        assertThat(get("/api/v1/rollouts?service=ro-gating").path("items")).isEmpty();
        assertThat(get("/api/v1/rollouts?service=%24%28reboot%29").path("items"))
                .isEmpty();
    }

    @Test
    void each_command_becomes_its_event_with_who_and_why() throws Exception {
        for (String verb : List.of("approve", "pause", "resume", "promote", "abort", "accept", "revert")) {
            assertThat(server().post("/api/v1/rollouts/ro-gating/" + verb, token, JSON, "{\"reason\": \"because\"}")
                            .statusCode())
                    .as(verb)
                    .isEqualTo(202);
            assertThat(server().releases.events.getLast().getClass().getSimpleName())
                    .isEqualToIgnoringCase(verb);
            assertThat(server().releases.events.getLast().toString()).contains("alice@example.com", "because");
        }
        server().post("/api/v1/rollouts/ro-gating/extend", token, JSON, "{\"reason\": \"more\", \"for\": \"2h\"}");
        assertThat(server().releases.events.getLast())
                .isInstanceOfSatisfying(
                        RolloutEvent.Extend.class, e -> assertThat(e.more()).isEqualTo(Duration.ofHours(2)));
        assertThat(server().post(
                                "/api/v1/rollouts/ro-gating/extend",
                                token,
                                JSON,
                                "{\"reason\": \"more\", \"for\": \"5 fortnights\"}")
                        .statusCode())
                .isEqualTo(422);
    }

    @Test
    void reverting_needs_neither_body_nor_ownership() throws Exception {
        String ci = server().tokens.issue("ci", "release:checkout");
        HttpResponse<String> bare = server().send(
                        HttpRequest.newBuilder(server().at("/api/v1/rollouts/ro-gating/revert"))
                                .header("Authorization", "Bearer " + ci)
                                .POST(HttpRequest.BodyPublishers.noBody()));
        assertThat(bare.statusCode()).isEqualTo(202);
        HttpResponse<String> service = server().post(
                        "/api/v1/services/checkout/revert",
                        ci,
                        JSON,
                        "{\"from\": 42, \"to\": 39, \"reason\": \"smoke\"}");
        assertThat(service.statusCode()).isEqualTo(202);
        assertThat(FrontServer.json(service).path("rollout").path("id").stringValue())
                .isEqualTo("ro-x");
        assertThat(server().releases.reverted.getLast()).isEqualTo("checkout from 42 39: smoke");
        assertThat(server().post("/api/v1/services/checkout/revert", ci, JSON, "{\"to\": -1}")
                        .statusCode())
                .isEqualTo(422);
        String reader = server().tokens.issue("wall", "read");
        assertThat(server().post("/api/v1/services/checkout/revert", reader, JSON, "{}")
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void a_service_shows_stable_held_and_its_file_in_force() throws Exception {
        JsonNode held = get("/api/v1/services/payments");
        assertThat(held.path("stable").intValue()).isEqualTo(30);
        assertThat(held.path("held").path("text").stringValue()).contains("reverted");
        assertThat(get("/api/v1/services/payments/revisions")
                        .path("items")
                        .get(0)
                        .path("revision")
                        .intValue())
                .isEqualTo(31);
        JsonNode spec = get("/api/v1/services/payments/spec");
        assertThat(spec.path("processes")
                        .path("web")
                        .path("resources")
                        .path("memory")
                        .stringValue())
                .isEqualTo("256MiB");
        assertThat(spec.path("release")
                        .path("stopConditions")
                        .get(1)
                        .path("regressesBy")
                        .stringValue())
                .isEqualTo("0.5pp");
        assertThat(SpecParser.parse(spec.toString(), PolicyDefaults.builtIn()))
                .isInstanceOfSatisfying(
                        Parsed.Accepted.class,
                        again -> assertThat(again.spec())
                                .isEqualTo(Scenes.spec(new ServiceName("payments"), "alice@example.com")));
        assertThat(server().post("/api/v1/services/payments/unhold", token, JSON, "{\"reason\": \"fixed\"}")
                        .statusCode())
                .isEqualTo(202);
        assertThat(server().releases.unheld).containsExactly("payments: fixed");
        assertThat(server().post("/api/v1/services/payments/unhold", token, JSON, "{}")
                        .statusCode())
                .isEqualTo(422);
    }

    @Test
    void decisions_come_newest_first_with_their_evidence_as_json() throws Exception {
        JsonNode items = get("/api/v1/rollouts/ro-reverted/decisions").path("items");
        assertThat(items.get(0).path("toState").stringValue()).isEqualTo("reverted");
        assertThat(items.get(1).path("evidence").path("verdict").path("outcome").stringValue())
                .isEqualTo("not-enough-evidence");
        JsonNode head = get("/api/v1/audit/head");
        JsonNode last = get("/api/v1/audit?from=" + head.path("sequence").longValue())
                .path("items")
                .get(0);
        assertThat(last.path("hash").stringValue()).isEqualTo(head.path("hash").stringValue());
        assertThat(head.path("signed").booleanValue()).isFalse();
    }

    @Test
    void events_are_streamed_and_a_reader_that_comes_back_misses_none() throws Exception {
        HttpResponse<String> all = server().get("/api/v1/rollouts/ro-reverted/events", token);
        assertThat(all.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/event-stream");
        assertThat(all.body()).contains("event:decision", "event:rollout", "event:end", "id:8");
        HttpResponse<String> rest = server().send(
                        HttpRequest.newBuilder(server().at("/api/v1/rollouts/ro-reverted/events"))
                                .header("Authorization", "Bearer " + token)
                                .header("Last-Event-ID", "7"));
        assertThat(rest.body()).contains("id:8").doesNotContain("id:1\n");
    }

    @Test
    void series_hosts_and_allocations_are_read() throws Exception {
        JsonNode points = get("/api/v1/rollouts/ro-gating/series?step=60s").path("items");
        assertThat(points).isNotEmpty();
        assertThat(points.findValuesAsString("arm")).contains("control", "candidate");
        assertThat(get("/api/v1/hosts").path("items").get(0).path("name").stringValue())
                .isEqualTo("host-1");
        assertThat(get("/api/v1/hosts/host-3").path("alive").booleanValue()).isFalse();
        assertThat(get("/api/v1/allocations?service=checkout")
                        .path("items")
                        .get(0)
                        .path("state")
                        .stringValue())
                .isEqualTo("ready");
    }

    @Test
    void the_runbook_is_listed_read_and_exported_in_three_formats() throws Exception {
        assertThat(get("/api/v1/runbooks").path("items").get(0).path("slug").stringValue())
                .isEqualTo("payments-r31-reverted");
        assertThat(get("/api/v1/runbooks/payments-r31-reverted/versions/1")
                        .path("content")
                        .path("outcome")
                        .stringValue())
                .isEqualTo("reverted");
        assertThat(server().get("/api/v1/runbooks/export", token).body()).startsWith("# payments r31 was reverted");
        assertThat(get("/api/v1/runbooks/export?format=json")
                        .path("items")
                        .get(0)
                        .path("markdown")
                        .stringValue())
                .contains("## Why");
        HttpResponse<String> zip = server().get("/api/v1/runbooks/export?format=zip", token);
        assertThat(zip.body()).startsWith("PK");
        assertThat(server().get("/api/v1/runbooks/export?format=pdf", token).statusCode())
                .isEqualTo(400);
    }

    @Test
    void the_exported_runbook_holds_what_was_decided_outside_of_rollouts_too() throws Exception {
        Decision unhold = new Decision(
                1_000,
                Optional.empty(),
                new ServiceName("payments"),
                2,
                "service.unhold",
                "alice",
                "held",
                "free",
                new Reason("unhold", "mended in r32"),
                "{}",
                Instant.parse("2026-11-24T10:00:00Z"),
                "0".repeat(64),
                "1".repeat(64));
        server().views.add(unhold);
        assertThat(server().get("/api/v1/runbooks/export", token).body())
                .contains("# Decisions outside of rollouts", "| 1000 | ", "service.unhold | mended in r32 |");
        JsonNode items = get("/api/v1/runbooks/export?format=json").path("items");
        JsonNode content = items.get(items.size() - 1).path("content");
        assertThat(content.path("decisions").get(0).path("hash").stringValue()).isEqualTo("1".repeat(64));
        assertThat(get("/api/v1/runbooks").path("items").size()).isEqualTo(items.size() - 1);
    }

    @Test
    void the_description_of_the_api_names_every_address() throws Exception {
        JsonNode paths = FrontServer.json(server().send(HttpRequest.newBuilder(server().at("/v3/api-docs"))))
                .path("paths");
        assertThat(paths.propertyNames())
                .contains(
                        "/api/v1/releases",
                        "/api/v1/rollouts/{id}",
                        "/api/v1/rollouts/{id}/revert",
                        "/api/v1/services/{name}/spec",
                        "/api/v1/audit/head")
                .noneMatch(p -> !p.startsWith("/api/"));
    }
}

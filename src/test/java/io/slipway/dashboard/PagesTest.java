package io.slipway.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.api.FrontServer;
import io.slipway.api.FrontTest;
import io.slipway.api.Scenes;
import io.slipway.control.Refused;
import io.slipway.control.Views.RolloutView;
import io.slipway.rollout.RolloutEvent;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The pages as a browser gets them, without JavaScript. */
class PagesTest extends FrontTest {
    private final Instant now = Instant.now();
    private String owner = "";
    private String wallboard = "";

    @BeforeAll
    void scenes() throws Exception {
        new Scenes(server(), now).all();
        owner = signIn("alice@example.com", "admin");
        wallboard = signIn("wallboard", "read");
    }

    private String signIn(String name, String scope) throws Exception {
        HttpResponse<String> answer =
                server().send(form("/sign-in", "token=" + server().tokens.issue(name, scope), ""));
        return answer.headers().firstValue("Set-Cookie").orElseThrow().replaceAll(";.*", "");
    }

    private HttpRequest.Builder form(String path, String body, String cookie) {
        return HttpRequest.newBuilder(server().at(path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Origin", server().at("").toString())
                .header("Cookie", cookie)
                .POST(BodyPublishers.ofString(body));
    }

    private String page(String path, String cookie) throws Exception {
        HttpResponse<String> answer =
                server().send(HttpRequest.newBuilder(server().at(path)).header("Cookie", cookie));
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        assertThat(answer.body()).as("whole page " + path).endsWith("</html>\n").doesNotContain("style=\"", "th:");
        return answer.body();
    }

    @Test
    void what_needs_somebody_is_on_top_and_counted_in_the_title() throws Exception {
        String page = page("/", owner);
        assertThat(page).contains("<title>(7) Services · Slipway</title>", " services: 7 need somebody, ");
        assertThat(page.indexOf("id=\"s-accounts\"")).isBetween(0, page.indexOf("id=\"s-checkout\""));
        assertThat(page.indexOf("id=\"s-checkout\"")).isBetween(0, page.indexOf("id=\"s-static-pages\""));
    }

    @Test
    void text_from_outside_is_shown_and_not_obeyed() throws Exception {
        for (String path : List.of("/", "/rollouts/ro-paused", "/services/mail-gateway")) {
            assertThat(page(path, owner)).contains("&lt;script&gt;alert(1)").doesNotContain("<script>alert", "\u202e");
        }
    }

    @Test
    void a_rollout_says_where_it_is_what_it_waits_for_and_what_is_compared() throws Exception {
        String page = page("/rollouts/ro-gating", owner);
        assertThat(page)
                .contains(
                        "r42 holds at 25%: p95 212 ms against 180",
                        "a verdict on 500 requests of each arm", "180 ms", "212 ms", "+18%", "-1% to +36%")
                .containsPattern("<li class=\"now\" aria-current=\"step\">.*<span class=\"name\">gate</span>");
        assertThat(page("/rollouts/ro-reverted", owner))
                .containsPattern("<li class=\"bad\">.*<span class=\"name\">gate</span>");
    }

    @Test
    void the_buttons_are_those_that_the_state_and_the_token_allow() throws Exception {
        assertThat(page("/rollouts/ro-approval", owner))
                .contains(">Approve<", ">Pause<", ">Promote now<", ">Revert to r7<");
        assertThat(page("/rollouts/ro-watching", owner))
                .contains(">Watch longer<", ">Revert to r11<")
                .doesNotContain(">Pause<");
        assertThat(page("/rollouts/ro-unproven", owner)).contains(">Accept r3<", ">Revert to r2<");
        assertThat(page("/rollouts/ro-reverted", owner)).doesNotContain("class=\"button");
        assertThat(page("/rollouts/ro-first", owner)).contains(">Stop r1<");
        assertThat(page("/rollouts/ro-approval", wallboard)).doesNotContain(">Approve<", ">Revert to");
    }

    @Test
    void the_red_button_says_what_it_will_do_asks_once_and_needs_no_reason() throws Exception {
        String ask = page("/rollouts/ro-gating/revert", owner);
        assertThat(ask).contains("All traffic goes back to r41", "25% of the traffic", "<form method=\"post\"");
        HttpResponse<String> done = server().send(form("/rollouts/ro-gating/revert", "", owner));
        assertThat(done.headers().firstValue("Location")).hasValue("/rollouts/ro-gating");
        assertThat(server().releases.events.getLast())
                .isInstanceOfSatisfying(
                        RolloutEvent.Revert.class, e -> assertThat(e.by()).isEqualTo("alice@example.com"));
        assertThat(page("/services/static-pages/revert", owner)).contains("name=\"from\" value=\"17\"");
        server().send(form("/services/static-pages/revert", "from=17&to=15&reason=look%0d%0ahere", owner));
        assertThat(server().releases.reverted.getLast()).isEqualTo("static-pages from 17 15: look  here");
        assertThat(server().send(form("/rollouts/ro-gating/revert", "", wallboard))
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void a_refusal_is_a_page_in_words() throws Exception {
        server().releases.refuseWith(new Refused(Refused.Kind.NOT_ALLOWED, "r8 belongs to bob@example.com"));
        HttpResponse<String> refused = server().send(form("/rollouts/ro-approval/approve", "reason=ok", owner));
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("Not yours to decide", "r8 belongs to bob@example.com");
        server().releases.failNext();
        HttpResponse<String> failed = server().send(form("/rollouts/ro-approval/approve", "reason=ok", owner));
        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(failed.body()).contains("the edge goes on serving").doesNotContain("secret inside", "Exception");
        HttpResponse<String> none = server().send(
                        HttpRequest.newBuilder(server().at("/rollouts/none")).header("Cookie", owner));
        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(none.body()).contains("There is no rollout none");
        assertThat(server().send(HttpRequest.newBuilder(server().at("/nowhere")).header("Cookie", owner))
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void hosts_replicas_and_the_runbook_are_shown() throws Exception {
        assertThat(page("/hosts", owner)).contains("host-3", "silent", "OOM: over 256 MiB", "11 GiB of 16 GiB");
        assertThat(page("/runbooks", owner)).contains("payments r31 was reverted");
        assertThat(page("/runbooks/payments-r31-reverted/versions/1", owner))
                .contains("<h2>Why</h2>", "<td>error rate</td>");
        assertThat(page("/services/payments", owner)).contains("Held: takes no releases", "Unhold");
    }

    @Test
    void runbook_markup_is_shown_and_not_obeyed() {
        assertThat(Markdown.html("<script>x</script> [a](javascript:alert)"))
                .doesNotContain("<script", "href=\"javascript")
                .contains("&lt;script&gt;");
    }

    @Test
    void charts_get_both_arms_what_is_tolerated_and_where_decisions_fell() throws Exception {
        HttpResponse<String> answer = server().send(HttpRequest.newBuilder(server().at("/rollouts/ro-gating/chart"))
                .header("Cookie", owner));
        var data = FrontServer.json(answer);
        int points = data.path("t").size();
        assertThat(points).isGreaterThan(100);
        for (var chart : data.path("charts")) {
            assertThat(List.of(
                            chart.path("control").size(),
                            chart.path("candidate").size(),
                            chart.path("bound").size()))
                    .containsOnly(points);
        }
        double control = data.path("charts").get(0).path("control").get(0).doubleValue();
        assertThat(data.path("charts").get(0).path("bound").get(0).doubleValue())
                .isBetween(control * 1.0999, control * 1.1001);
        assertThat(data.path("marks").get(0).path("label").stringValue()).isEqualTo("checking");
        assertThat(answer.body()).doesNotContain("NaN");
    }

    @Test
    void a_series_of_the_teams_own_has_a_chart_with_a_gap_where_values_are_missing() throws Exception {
        HttpResponse<String> answer = server().send(HttpRequest.newBuilder(server().at("/rollouts/ro-worker/chart"))
                .header("Cookie", owner));
        var own = FrontServer.json(answer).path("own");
        assertThat(own.size()).isEqualTo(2);
        var age = own.get(0);
        int columns = age.path("t").size();
        assertThat(columns).as("columns of 8.75 s in 30 min").isBetween(204, 207);
        assertThat(List.of(
                        age.path("control").size(),
                        age.path("candidate").size(),
                        age.path("bound").size()))
                .containsOnly(columns);
        assertThat(age.path("candidate").valueStream().filter(JsonNode::isNull).count())
                .as("columns of 120 s without a value, less the 50 s in which the judge waits for one")
                .isBetween(7L, 10L);
        assertThat(age.path("bound").get(5).doubleValue())
                .isBetween(
                        age.path("control").get(5).doubleValue() * 1.199,
                        age.path("control").get(5).doubleValue() * 1.201);
        assertThat(own.get(1).path("control").valueStream())
                .as("a query for both")
                .allMatch(JsonNode::isNull);
        assertThat(own.get(1).path("bound").get(0).doubleValue()).isEqualTo(3);
        assertThat(page("/rollouts/ro-worker", owner))
                .contains(
                        "id=\"chart-own-0\"",
                        "id=\"chart-own-1\"",
                        "queue_age_seconds",
                        "sum(rate(mails_failed_total[1m]))")
                .as("charts of requests, which a worker without a route has none of")
                .doesNotContain("id=\"chart-p95\"");
    }

    @Test
    void a_bound_is_shown_as_one_and_not_as_a_difference() throws Exception {
        assertThat(page("/rollouts/ro-worker", owner))
                .containsPattern("data-label=\"Tolerated\">at most 3<")
                .containsPattern("data-label=\"Tolerated\">\\+20%<")
                .doesNotContain("+300%");
    }

    @Test
    void a_service_tells_what_it_costs_a_month_and_each_revision_a_thousand_requests() throws Exception {
        assertThat(page("/services/checkout", owner))
                .containsPattern("<dt>Cost</dt><dd>[0-9.,]+ EUR a month</dd>")
                .containsPattern("data-label=\"EUR per 1,000\">0\\.01[12][0-9]*<");
        HttpResponse<String> answer =
                server().get("/api/v1/services/checkout/costs", server().tokens.issue("reader", "read"));
        var costs = FrontServer.json(answer);
        assertThat(costs.path("currency").asString()).isEqualTo("EUR");
        assertThat(costs.path("revisions").get(0).path("revision").asInt()).isEqualTo(42);
        assertThat(costs.path("revisions").get(1).path("perThousand").asDouble())
                .isBetween(0.0114, 0.0126);
        assertThat(costs.path("perMonth").asDouble()).isPositive();
    }

    @Test
    void a_service_tells_how_the_sources_of_its_own_series_do() throws Exception {
        assertThat(page("/services/mailer", owner))
                .contains(
                        "Edge and cgroups",
                        "3 hosts",
                        "1 host",
                        "placed just now",
                        "mail-3",
                        "late",
                        "mail-4",
                        "none since it was placed",
                        "queue_age_seconds",
                        "Pushed metric",
                        "Prometheus query",
                        "the Prometheus did not answer within 10 s");
        assertThat(page("/services/checkout", owner)).doesNotContain("Sources of its metrics");
        var answer = FrontServer.json(
                server().get("/api/v1/services/mailer/sources", server().tokens.issue("reader", "read")));
        assertThat(answer.path("items").get(0).path("host").asString()).isEqualTo("mail-1");
        assertThat(answer.path("items").get(0).path("error").isMissingNode()).isTrue();
        assertThat(answer.path("items").get(2).path("error").asString()).isEqualTo("late");
        assertThat(answer.path("items").get(3).path("error").asString()).isEqualTo("none since it was placed");
    }

    @Test
    void an_open_page_is_told_of_a_change_and_hears_that_the_line_is_up() throws Exception {
        RolloutView first = new Scenes(server(), now).gating("live-one", "ro-live");
        HttpRequest request = HttpRequest.newBuilder(server().at("/rollouts/ro-live/live"))
                .header("Cookie", owner)
                .build();
        try (HttpClient http = HttpClient.newHttpClient();
                BufferedReader lines = new BufferedReader(new InputStreamReader(
                        http.send(request, BodyHandlers.ofInputStream()).body(), StandardCharsets.UTF_8))) {
            assertThat(until(lines, "event:")).isEqualTo("event:beat");
            server().views
                    .put(new RolloutView(
                            first.id(),
                            first.release(),
                            first.revision(),
                            first.stable(),
                            first.version() + 1,
                            first.state(),
                            first.reason(),
                            first.waitingFor(),
                            first.step(),
                            first.weights(),
                            first.milestones(),
                            first.deadlines(),
                            first.verdict(),
                            first.spec(),
                            first.owner(),
                            first.createdAt(),
                            first.updatedAt()));
            assertThat(until(lines, "event:")).isEqualTo("event:changed");
            http.shutdownNow();
        }
    }

    private static String until(BufferedReader lines, String prefix) throws Exception {
        String line = lines.readLine();
        while (line != null && !line.startsWith(prefix)) {
            line = lines.readLine();
        }
        return String.valueOf(line);
    }

    @Test
    void everything_a_page_loads_is_there_and_a_page_without_the_charts_is_small() throws Exception {
        String page = page("/rollouts/ro-gating", owner);
        int bytes = page.length();
        for (String path : List.of(
                "/assets/slipway.css",
                "/assets/page.js",
                "/assets/charts.js",
                "/favicon.svg",
                "/webjars/htmx.org/dist/htmx.min.js",
                "/webjars/htmx-ext-sse/sse.js")) {
            HttpResponse<String> got = server().send(HttpRequest.newBuilder(server().at(path)));
            assertThat(got.statusCode()).as(path).isEqualTo(200);
            bytes += got.body().length();
        }
        assertThat(bytes).isLessThan(150_000);
        assertThat(server().send(HttpRequest.newBuilder(server().at("/webjars/uplot/dist/uPlot.esm.js")))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void open_pages_do_not_hold_up_a_stop() throws Exception {
        try (FrontServer own = new FrontServer(0)) {
            new Scenes(own, now).gating("checkout", "ro-1");
            String token = own.tokens.issue("reader", "read");
            HttpRequest request = HttpRequest.newBuilder(own.at("/api/v1/rollouts/ro-1/events"))
                    .header("Authorization", "Bearer " + token)
                    .build();
            try (HttpClient http = HttpClient.newHttpClient();
                    BufferedReader lines = new BufferedReader(new InputStreamReader(
                            http.send(request, BodyHandlers.ofInputStream()).body(), StandardCharsets.UTF_8))) {
                assertThat(until(lines, "event:")).isEqualTo("event:decision");
                long began = System.nanoTime();
                own.close();
                assertThat(java.time.Duration.ofNanos(System.nanoTime() - began))
                        .isLessThan(java.time.Duration.ofSeconds(60));
                http.shutdownNow();
            }
        }
    }
}

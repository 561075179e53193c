package io.slipway.release;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.Weight;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecParserTest {
    static final PolicyDefaults POLICY = PolicyDefaults.builtIn().withOwner("alice");
    static final String SMALL = """
        service: checkout
        image: ghcr.io/shop/checkout:1.42.0
        port: 8080
        route: checkout.example.com
        release:
          stopConditions: [{metric: error_rate, regressesBy: 0.5pp}]
        """;
    private static final String WHOLE = """
        service: checkout
        image: registry.example.com:5000/shop/checkout:1.42.0
        processes:
          web:
            command: ["/app/server", "--port=8080"]
            replicas: 3
            ports: {http: 8080, admin: 9090}
            resources: {cpu: 0.25, memory: 64MiB, pids: 64}
            health:
              start: {exec: [/app/check, --migrated], every: 5s, timeout: 3s, failures: 100}
              readiness: {http: /healthz, port: http, every: 2s, timeout: 500ms, failures: 3, successes: 2}
              liveness: {tcp: admin, grace: 20s}
            restart: {policy: on-failure, backoff: 2s..30s, startLimit: 5/10m}
            stop: {signal: SIGINT, grace: 10s}
          worker: {command: ["/app/worker"], replicas: 2}
        env: {LOG_LEVEL: info, EMPTY: ""}
        route: {host: checkout.example.com, path: /shop, process: web, port: http, affinity: revision}
        release:
          owner: bob
          channel: https://chat.example.com/rooms/checkout
          strategy: canary
          checks: [image, smoke]
          steps:
            - weight: 5%
            - hold: 10m
            - gate: {minRequests: 500, atMost: 30m}
            - weight: 33.3%
            - approve: {by: owner, atMost: 4h}
            - weight: 100%
          stopConditions:
            - {metric: p95_latency, regressesBy: 10%}
            - {metric: error_rate, regressesBy: 0.5pp}
            - {metric: cost_per_request, regressesBy: 15%}
            - {metric: error_rate, above: 5%, for: 2m}
            - {metric: p95_latency, above: 250ms, for: 1m}
          watch: {for: 10m, shortWatch: true, control: none, warm: awake}
        """;

    @Test
    void the_smallest_file_is_filled_in_from_the_policy() {
        Parsed.Accepted parsed = accepted(SMALL);
        ReleaseSpec spec = parsed.spec();
        assertThat(Objects.requireNonNull(spec.processes().get("web")).ports()).containsEntry("http", 8080);
        assertThat(spec.route()).contains(new Route("checkout.example.com", "/", "web", "http"));
        assertThat(spec.release().owner()).isEqualTo("alice");
        assertThat(spec.release().checks()).containsExactly(Check.IMAGE, Check.CAPACITY, Check.SMOKE);
        assertThat(spec.release().steps()).endsWith(new Step.SetWeight(Weight.ALL));
        assertThat(spec.release().watch()).isEqualTo(new Watch(Duration.ofHours(24), false, true));
        assertThat(parsed.origins())
                .containsEntry("release.owner", "policy")
                .containsEntry("processes.web.resources", "built in")
                .containsEntry("processes.web.restart", "built in")
                .doesNotContainKey("release.stopConditions");
    }

    @Test
    void the_whole_file_is_read_field_by_field() {
        ReleaseSpec spec = accepted(WHOLE).spec();
        assertThat(spec.processes().get("web"))
                .isEqualTo(new ProcessSpec(
                        List.of("/app/server", "--port=8080"),
                        3,
                        Map.of("http", 8080, "admin", 9090),
                        new Resources(0.25, 64L << 20, 64),
                        Optional.of(new Probe(
                                Optional.of("/healthz"),
                                "http",
                                Duration.ofSeconds(2),
                                Duration.ofMillis(500),
                                3,
                                Optional.empty(),
                                Optional.of(2),
                                Optional.empty())),
                        "SIGINT",
                        Duration.ofSeconds(10),
                        Optional.of(Probe.command(
                                List.of("/app/check", "--migrated"),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(3),
                                100)),
                        Optional.of(new Probe(
                                Optional.empty(),
                                "admin",
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(1),
                                3,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(Duration.ofSeconds(20)))),
                        Optional.of(new RestartPolicy(
                                RestartPolicy.On.FAILURE,
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(30),
                                Optional.of(new RestartPolicy.StartLimit(5, Duration.ofMinutes(10)))))));
        assertThat(Objects.requireNonNull(spec.processes().get("worker")).replicas())
                .isEqualTo(2);
        assertThat(spec.env()).isEqualTo(Map.of("LOG_LEVEL", "info", "EMPTY", ""));
        assertThat(spec.route()).contains(new Route("checkout.example.com", "/shop", "web", "http"));
        assertThat(spec.release())
                .isEqualTo(new ReleasePlan(
                        "bob",
                        "https://chat.example.com/rooms/checkout",
                        List.of(Check.IMAGE, Check.SMOKE),
                        List.of(
                                new Step.SetWeight(Weight.percent(5)),
                                new Step.Hold(Duration.ofMinutes(10)),
                                new Step.Gate(500, Duration.ofMinutes(30)),
                                new Step.SetWeight(new Weight(3330)),
                                new Step.Approve("owner", Duration.ofHours(4)),
                                new Step.SetWeight(Weight.ALL)),
                        List.of(
                                new StopCondition.Regresses(Metric.P95_LATENCY, 0.1),
                                new StopCondition.Regresses(Metric.ERROR_RATE, 0.005),
                                new StopCondition.Regresses(Metric.COST_PER_REQUEST, 0.15),
                                new StopCondition.Above(Metric.ERROR_RATE, 0.05, Duration.ofMinutes(2)),
                                new StopCondition.Above(Metric.P95_LATENCY, 250, Duration.ofMinutes(1))),
                        new Watch(Duration.ofMinutes(10), true, false)));
    }

    @Test
    void json_is_read_as_well_even_when_indented_by_tabs() {
        String json = "{\n"
                + "\t\"service\": \"checkout\",\n"
                + "\t\"image\": \"a/b:1\",\n"
                + "\t\"port\": 80, \"route\": \"x\",\n"
                + "\t\"env\": {\"A\": \"a\\tb\"},\"release\": {\"stopConditions\": [{\"metric\": \"error_rate\","
                + " \"regressesBy\": \"1pp\"}]}}";
        assertThat(accepted(json).spec().env()).containsEntry("A", "a\tb");
    }

    @Test
    void two_documents_in_one_file_are_refused_as_such() {
        assertThat(refused("service: a\n---\nservice: b\n"))
                .singleElement()
                .satisfies(it -> assertThat(it.problem()).startsWith("holds more than one document (line 2"));
    }

    @Test
    void a_margin_without_a_unit_is_named_beside_a_metric_that_there_is_not() {
        String file =
                "service: a\nimage: b:1\nport: 80\nrelease: {stopConditions: [{metric: p96_latency, regressesBy: 50}]}\n";
        assertThat(refused(file))
                .extracting(Violation::field)
                .contains("release.stopConditions[0].metric", "release.stopConditions[0].regressesBy");
    }

    @Test
    void twelve_mistakes_are_named_in_one_answer() {
        String file = """
            service: $(reboot)
            image: http://registry.example.com/a
            processes:
              web:
                replicas: -1
                ports: {http: 70000}
                resources: {memory: 0}
                health: {readiness: {http: "/ok\\r\\nX: y", every: 2}}
            env: {"A=B": c}
            release:
              steps: [{weight: 50%}, {weight: 20%}, {hold: 5 fortnights}, {weight: 100%}]
              stopConditions: [{metric: p96_latency, regressesBy: 10%}]
              wacth: {for: 24h}
            """;
        List<Violation> violations = refused(file);
        assertThat(violations)
                .extracting(Violation::field)
                .containsExactlyInAnyOrder(
                        "service",
                        "image",
                        "processes.web.replicas",
                        "processes.web.ports.http",
                        "processes.web.resources.memory",
                        "processes.web.health.readiness.http",
                        "processes.web.health.readiness.every",
                        "env.A=B",
                        "release.steps[1].weight",
                        "release.steps[2].hold",
                        "release.stopConditions[0].metric",
                        "release.wacth");
        assertThat(violations).allSatisfy(it -> {
            assertThat(it.problem()).isNotBlank();
            assertThat(it.fix()).isNotBlank();
        });
        assertThat(violations)
                .anySatisfy(it -> assertThat(it.fix()).isEqualTo("did you mean watch?"))
                .anySatisfy(it -> assertThat(it.fix()).isEqualTo("did you mean p95_latency?"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        processes: {web: {replicas: 1000000000}}          | processes.web.replicas
        processes: {web: {replicas: 1.5}}                 | processes.web.replicas
        processes: {web: {resources: {memory: 256}}}      | processes.web.resources.memory
        processes: {web: {resources: {cpu: 0}}}           | processes.web.resources.cpu
        processes: {web: {ports: {a: 80, b: 80}}}         | processes.web.ports.b
        processes: {web: {command: /app/server}}          | processes.web.command
        processes: {Web: {}}                              | processes.Web
        processes: {web: {volumes: [{name: a, path: /}]}} | processes.web.volumes
        processes: {web: {ports: {a: 80}, health: {readiness: {tcp: b}}}} | processes.web.health.readiness.tcp
        processes: {web: {stop: {signal: SIGFOO}}}        | processes.web.stop.signal
        secrets: [{name: A, env: A}]                      | secrets
        placement: {spread: host}                         | placement
        port: 0                                           | port
        replicas: 3                                       | replicas
        env: [A]                                          | env
        route: "a b"                                      | route
        """)
    void a_bad_field_is_refused_by_its_path(String line, String field) {
        String file = "service: a\nimage: b:1\n" + line
                + "\nrelease: {stopConditions: [{metric: error_rate, regressesBy: 1pp}]}\n";
        assertThat(refused(file)).extracting(Violation::field).contains(field);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[smoke]", "[smoke, image]"})
    void the_image_is_checked_in_any_case_as_that_pins_its_digest(String checks) {
        Parsed.Accepted parsed = accepted("service: a\nimage: b:1\nrelease: {checks: " + checks
                + ", stopConditions: [{metric: error_rate," + " regressesBy: 1pp}]}\n");
        assertThat(parsed.spec().release().checks())
                .isEqualTo(checks.equals("[]") ? List.of(Check.IMAGE) : List.of(Check.IMAGE, Check.SMOKE));
        assertThat(parsed.origins().containsKey("release.checks.image")).isNotEqualTo(checks.contains("image"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        steps: [{weight: 5}]                                   | release.steps[0].weight
        steps: [{weight: 101%}]                                | release.steps[0].weight
        steps: [{weight: 0%}]                                  | release.steps[0].weight
        steps: [{weight: 5%}]                                  | release.steps
        steps: []                                              | release.steps
        steps: [{weight: 5%, hold: 1m}, {weight: 100%}]        | release.steps[0]
        steps: [{gate: {minRequests: 5}}, {weight: 100%}]      | release.steps[0].gate
        steps: [{weight: 5%}, {hold: 10}, {weight: 100%}]      | release.steps[1].hold
        steps: [{wieght: 5%}, {weight: 100%}]                  | release.steps[0].wieght
        checks: [{freeze: {windows: []}}]                      | release.checks[0]
        checks: [green]                                        | release.checks[0]
        strategy: blue-green                                   | release.strategy
        ifWatching: refuse                                     | release.ifWatching
        before: {command: [a]}                                 | release.before
        source: {commit: a}                                    | release.source
        watch: {for: 10m}                                      | release.watch.for
        watch: {for: 24}                                       | release.watch.for
        watch: {for: 24h, control: 2%}                         | release.watch.control
        watch: {for: 24h, warm: frozen}                        | release.watch.warm
        owner: ""                                              | release.owner
        owner: "a\\nb"                                         | release.owner
        """)
    void a_bad_plan_is_refused_by_its_path(String line, String field) {
        String file = "service: a\nimage: b:1\nport: 80\nroute: x\nrelease:\n  " + line
                + "\n  stopConditions: [{metric: error_rate, regressesBy: 1pp}]\n";
        assertThat(refused(file)).extracting(Violation::field).containsExactly(field);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"p95 <\"",
                "\"p95 < NaN\"",
                "\"T(java.lang.Runtime).exec('id')\"",
                "{metric: latency, regressesBy: 10%}",
                "{metric: p95_latency, regressesBy: 10}",
                "{metric: p95_latency, regressesBy: NaN}",
                "{metric: p95_latency, regressesBy: .inf}",
                "{metric: p95_latency, regressesBy: 10/0}",
                "{metric: p95_latency, regressesBy: 0%}",
                "{metric: p95_latency, regressesBy: -5%}",
                "{metric: p95_latency, regressesBy: 1pp}",
                "{metric: error_rate, regressesBy: 10%}",
                "{metric: error_rate, regressesBy: 100pp}",
                "{metric: error_rate}",
                "{metric: error_rate, regressesBy: 1pp, above: 5%}",
                "{metric: error_rate, above: 5%}",
                "{metric: error_rate, above: 0%, for: 1m}",
                "{metric: p95_latency, above: 250, for: 1m}",
                "{metric: prometheus, above: 3, for: 2m}",
                "{metric: prometheus, query: '', above: 3, for: 2m}",
                "{metric: prometheus, query: up, above: 3}",
                "{metric: prometheus, query: up, above: -1, for: 2m}",
                "{metric: prometheus, query: up, regressesBy: 10%}",
                "{metric: prometheus, query: 'up{r=\"$revision\"}', regressesBy: 1pp}",
                "{metric: prometheus, name: up, above: 3, for: 2m}",
                "{metric: pushed, above: 3, for: 2m}",
                "{metric: error_rate, query: up, regressesBy: 1pp}",
                "{metric: burn_rate}",
                "{metric: burn_rate, objective: 0.999}",
                "{metric: burn_rate, objective: 80%}",
                "{metric: burn_rate, objective: 99.9999%}",
                "{metric: burn_rate, objective: 99.9%, above: 3, for: 2m}",
                "{metric: burn_rate, objective: 99.9%, regressesBy: 10%}",
                "{metric: burn_rate, objective: 99.9%, for: 2m}",
                "{metric: error_rate, objective: 99.9%}",
                "{metric: crashes, above: 3, for: 2m}",
                "{metric: oom_kills, above: 3, for: 2m}",
                "{regressesBy: 10%}",
                "42"
            })
    void a_condition_that_means_nothing_is_refused(String condition) {
        String file = "service: a\nimage: b:1\nport: 80\nroute: x\nrelease:\n  stopConditions: [" + condition + "]\n";
        assertThat(refused(file)).allSatisfy(it -> assertThat(it.field()).startsWith("release.stopConditions[0]"));
    }

    @Test
    void series_of_the_teams_own_are_conditions_as_bounds_and_where_both_revisions_can_be_asked_as_margins() {
        String query = "sum(rate(app_failed_total{revision=\"$revision\"}[1m]))";
        String file = "service: a\nimage: b:1\nport: 80\nroute: x\nrelease:\n  stopConditions:\n"
                + "    - {metric: prometheus, query: up, above: 3, for: 2m}\n"
                + "    - {metric: prometheus, query: '" + query + "', regressesBy: 10%}\n"
                + "    - {metric: pushed, name: queue_age, above: 30, for: 1m}\n"
                + "    - {metric: pushed, name: queue_age, regressesBy: 20%}\n";
        OwnSeries pushed = new OwnSeries(Metric.PUSHED, "queue_age");
        assertThat(Objects.requireNonNull(accepted(file)).spec().release().stopConditions())
                .containsExactly(
                        new StopCondition.SeriesAbove(new OwnSeries(Metric.PROMETHEUS, "up"), 3, Duration.ofMinutes(2)),
                        new StopCondition.SeriesRegresses(new OwnSeries(Metric.PROMETHEUS, query), 0.1),
                        new StopCondition.SeriesAbove(pushed, 30, Duration.ofMinutes(1)),
                        new StopCondition.SeriesRegresses(pushed, 0.2));
    }

    @Test
    void an_objective_is_a_condition_on_how_fast_errors_use_it_up() {
        String file = "service: a\nimage: b:1\nport: 80\nroute: x\nrelease:\n"
                + "  stopConditions: [{metric: burn_rate, objective: 99.9%}]\n";
        assertThat(Objects.requireNonNull(accepted(file)).spec().release().stopConditions())
                .containsExactly(new StopCondition.Burns(0.999));
    }

    @Test
    void ten_thousand_parentheses_are_not_a_condition() {
        String file = "service: a\nimage: b:1\nrelease:\n  stopConditions: [\"" + "(".repeat(10_000) + "\"]\n";
        assertThat(refused(file)).singleElement().satisfies(it -> {
            assertThat(it.field()).isEqualTo("release.stopConditions[0]");
            assertThat(it.value()).hasSize(200);
        });
    }

    @Test
    void without_a_stop_condition_nothing_starts_and_there_is_text_to_paste() {
        List<Violation> violations = refused("service: a\nimage: b:1\nport: 80\nroute: x\n");
        assertThat(violations).singleElement().satisfies(it -> {
            assertThat(it.field()).isEqualTo("release.stopConditions");
            String pasted = it.fix().substring(it.fix().indexOf("stopConditions"));
            assertThat(accepted("service: a\nimage: b:1\nport: 80\nroute: x\nrelease:\n  " + pasted + "\n"))
                    .isNotNull();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "''",
                "':justtag'",
                "Shop/Checkout",
                "a@sha256:123",
                "a@md5:d41d8cd98f00b204e9800998ecf8427e",
                "http://a/b",
                "../../etc",
                "\"a:1\\n\"",
                "'oci:'",
                "a b"
            })
    void a_bad_image_reference_is_refused(String image) {
        assertThat(refused(SMALL.replace("ghcr.io/shop/checkout:1.42.0", image)))
                .extracting(Violation::field)
                .containsExactly("image");
    }

    @Test
    void a_tag_of_129_characters_is_refused_and_one_of_128_is_not() {
        assertThat(refused(SMALL.replace("1.42.0", "a".repeat(129)))).hasSize(1);
        assertThat(accepted(SMALL.replace("1.42.0", "a".repeat(128)))).isNotNull();
    }

    @Test
    void what_is_not_yaml_is_refused_with_line_and_column() {
        assertThat(refused("service: a\nimage: [b"))
                .singleElement()
                .satisfies(it -> assertThat(it.problem()).contains("line 2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   \n", "# nothing", "null", "[]", "text", "a\u0000b", "--- {}\n--- {}\n"})
    void what_is_no_service_file_is_refused(String text) {
        assertThat(refused(text)).isNotEmpty();
    }

    @Test
    void bombs_are_refused_quickly() {
        assertThat(refused("[".repeat(10_000))).hasSize(1);
        assertThat(refused("a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n")).hasSize(1);
        assertThat(refused("a: " + "x".repeat(300_000))).hasSize(1);
    }

    @Test
    void a_key_that_comes_twice_is_refused() {
        assertThat(refused(SMALL + "service: b\n"))
                .extracting(Violation::problem)
                .containsExactly("is given twice");
    }

    @Test
    void a_tag_constructs_nothing() {
        assertThat(refused("!!java.net.URL [\"http://127.0.0.1/\"]")).hasSize(1);
    }

    static Parsed.Accepted accepted(String file) {
        Parsed parsed = SpecParser.parse(file, POLICY);
        assertThat(parsed).isInstanceOf(Parsed.Accepted.class);
        return (Parsed.Accepted) parsed;
    }

    static List<Violation> refused(String file) {
        Parsed parsed = SpecParser.parse(file, POLICY);
        assertThat(parsed).isInstanceOf(Parsed.Refused.class);
        return ((Parsed.Refused) parsed).violations();
    }
}

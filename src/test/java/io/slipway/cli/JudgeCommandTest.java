package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JudgeCommandTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

    @TempDir
    private Path dir = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int judge(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        CommandLine line = Cli.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        String[] all = new String[arguments.length + 1];
        all[0] = "judge";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return line.execute(all);
    }

    private int judge(Path baseline, Path candidate) {
        return judge("--baseline", baseline.toString(), "--candidate", candidate.toString());
    }

    private List<JsonNode> looks() {
        return out.toString().lines().map(JSON::readTree).toList();
    }

    private Path windows(String name, int count, int errorsEach, double widthOfBuckets) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            lines.append(String.format(
                    Locale.ROOT,
                    "{\"t\":\"%s\",\"seconds\":10,\"requests\":1000,\"errors\":%d,\"latencyMs\":[[39.6,40.0,900],[80,%s,100]],"
                            + "\"cpuSeconds\":%s,\"memoryByteSeconds\":2.1e9,\"replicas\":1}%n",
                    START.plusSeconds(10L * i),
                    errorsEach,
                    80 * widthOfBuckets,
                    4 + 0.01 * (i % 7)));
        }
        return Files.writeString(dir.resolve(name), lines);
    }

    private Path requests(String name, long seed, double errorRate) throws IOException {
        Random random = new Random(seed);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 6000; i++) {
            lines.append(String.format(
                    Locale.ROOT,
                    "{\"t\":\"%s\",\"latencyMs\":%.1f,\"status\":%d}%n",
                    START.plusMillis(100L * i),
                    20 * Math.exp(0.5 * random.nextGaussian()),
                    random.nextDouble() < errorRate ? 503 : 200));
        }
        return Files.writeString(dir.resolve(name), lines);
    }

    @Test
    void the_usual_line_prints_the_same_without_the_whole_command_line() throws IOException {
        String baseline = windows("a.jsonl", 40, 1, 1).toString();
        String candidate = Files.writeString(
                        windows("b.jsonl", 40, 30, 1), "no JSON\n", java.nio.file.StandardOpenOption.APPEND)
                .toString();
        judge("--baseline", baseline, "--candidate", candidate);
        StringWriter out2 = new StringWriter();
        StringWriter err2 = new StringWriter();
        assertThat(JudgeLine.answers(
                        List.of("judge", "--candidate", candidate, "--baseline", baseline),
                        new PrintWriter(out2),
                        new PrintWriter(err2)))
                .isTrue();
        assertThat(out2.toString()).isEqualTo(out.toString()).isNotEmpty();
        assertThat(err2.toString()).isEqualTo(err.toString()).isNotEmpty();
    }

    @Test
    void crashes_and_oom_kills_of_a_recording_are_judged() throws IOException {
        Path baseline = windows("a.jsonl", 40, 1, 1);
        String lines = Files.readString(windows("b.jsonl", 40, 1, 1));
        Path loop = Files.writeString(
                dir.resolve("loop.jsonl"),
                lines.replace("\"replicas\":1", "\"crashes\":2,\"oomKills\":1,\"replicas\":1"));
        judge(baseline, loop);
        JsonNode last = looks().getLast();
        assertThat(last.path("revert").asBoolean()).isTrue();
        assertThat(last.path("metrics").path("crashes").path("outcome").asString())
                .isEqualTo("regressed");
        Path impossible = Files.writeString(
                dir.resolve("impossible.jsonl"), lines.replace("\"replicas\":1", "\"oomKills\":1,\"replicas\":1"));
        judge(baseline, impossible);
        assertThat(looks().getLast().path("outcome").asString()).isEqualTo("metrics-broken");
    }

    @Test
    void an_objective_is_judged_by_how_fast_it_is_used_up() throws IOException {
        Path spec =
                Files.writeString(dir.resolve("s.yaml"), "stopConditions: [{metric: burn_rate, objective: 99.9%}]\n");
        String baseline = windows("a.jsonl", 400, 0, 1).toString();
        judge(
                "--baseline",
                baseline,
                "--candidate",
                windows("b.jsonl", 400, 100, 1).toString(),
                "--spec",
                spec.toString());
        JsonNode last = looks().getLast();
        assertThat(last.path("revert").asBoolean()).isTrue();
        assertThat(last.path("metrics").path("burn_rate").path("outcome").asString())
                .isEqualTo("regressed");
        Path wrong =
                Files.writeString(dir.resolve("w.yaml"), "stopConditions: [{metric: burn_rate, objective: 0.999}]\n");
        assertThat(judge("--baseline", baseline, "--candidate", baseline, "--spec", wrong.toString()))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("stopConditions[0].objective is 0.999; write a number and %");
    }

    @Test
    void whatever_is_unusual_or_fails_is_left_to_the_whole_command_line() throws IOException {
        String file = windows("a.jsonl", 40, 1, 1).toString();
        String single = requests("r.jsonl", 1, 0.01).toString();
        for (List<String> words : List.of(
                List.of("judge"),
                List.of("judge", "--help"),
                List.of("judge", "--baseline", file),
                List.of("judge", "--baseline", file, "--candidate"),
                List.of("judge", "--baseline", file, "--baseline", file, "--candidate", file),
                List.of("judge", "--baseline", file, "--candidate", "@" + file),
                List.of("judge", "--baseline", file, "--candidate", file, "--sepc", file),
                List.of(
                        "judge",
                        "--baseline",
                        file,
                        "--candidate",
                        dir.resolve("none").toString()),
                List.of("judge", "--baseline", single, "--candidate", single),
                List.of(
                        "judge",
                        "--baseline",
                        file,
                        "--candidate",
                        file,
                        "--spec",
                        dir.resolve("none").toString()))) {
            assertThat(JudgeLine.answers(words, new PrintWriter(out), new PrintWriter(err)))
                    .as("%s", words)
                    .isFalse();
        }
        assertThat(out).hasToString("");
        assertThat(err).hasToString("");
    }

    @Test
    void equal_windows_become_healthy_and_every_window_is_looked_at() throws IOException {
        int exit = judge(windows("a.jsonl", 60, 1, 1.01), windows("b.jsonl", 60, 1, 1.01));
        assertThat(exit).isZero();
        assertThat(looks()).hasSize(60);
        assertThat(looks().getLast().path("outcome").asString()).isEqualTo("healthy");
        assertThat(looks().getFirst().path("t").asString()).isEqualTo("2026-11-23T10:00:10Z");
        assertThat(looks().getLast().path("metrics").propertyNames())
                .containsExactly("p95_latency", "error_rate", "cost_per_request");
    }

    @Test
    void answers_that_became_larger_cost_more_where_what_leaves_a_host_has_a_price() throws IOException {
        Path a = sending("a.jsonl", 20_000_000);
        Path b = sending("b.jsonl", 60_000_000);
        String conditions = "stopConditions: [{metric: cost_per_request, regressesBy: 15%}]\n";
        Path free = Files.writeString(dir.resolve("free.yaml"), conditions + "cost: {cpuHour: 0.04, gibHour: 0.005}\n");
        Path priced = Files.writeString(
                dir.resolve("priced.yaml"), conditions + "cost: {cpuHour: 0.04, gibHour: 0.005, egressGib: 0.08}\n");

        judge("--baseline", a.toString(), "--candidate", b.toString(), "--spec", free.toString());
        assertThat(looks()).noneMatch(look -> look.path("revert").asBoolean());
        judge("--baseline", a.toString(), "--candidate", b.toString(), "--spec", priced.toString());
        assertThat(looks().getLast().path("revert").asBoolean()).isTrue();
        judge("--baseline", a.toString(), "--candidate", a.toString(), "--spec", priced.toString());
        assertThat(looks()).noneMatch(look -> look.path("revert").asBoolean());
    }

    private Path sending(String name, long bytes) throws IOException {
        Path file = windows(name, 60, 1, 1.01);
        return Files.writeString(
                file, Files.readString(file).replace("\"replicas\"", "\"egressBytes\":" + bytes + ",\"replicas\""));
    }

    @Test
    void it_ends_with_the_first_look_that_reverts() throws IOException {
        judge(requests("a.jsonl", 1, 0.01), requests("b.jsonl", 2, 0.2));
        assertThat(looks()).hasSizeLessThan(20);
        assertThat(looks().getLast().path("revert").asBoolean()).isTrue();
        assertThat(looks().getLast().path("outcome").asString()).isEqualTo("regressed");
        assertThat(looks().stream().filter(l -> l.path("revert").asBoolean())).hasSize(1);
    }

    @Test
    void the_same_data_give_the_same_bytes() throws IOException {
        Path a = requests("a.jsonl", 1, 0.01);
        Path b = requests("b.jsonl", 2, 0.015);
        judge(a, b);
        String once = out.toString();
        judge(a, b);
        assertThat(out.toString()).isEqualTo(once).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1, 10", "1, 3", "12, 10", "60, 10", "3, 1"})
    void what_is_judged_while_it_is_read_is_what_is_judged_as_a_whole(int errors, int seconds) throws IOException {
        Path a = windows("a.jsonl", 700, 1, 1.01);
        Path b = windows("b.jsonl", 700, errors, 1.01);
        Files.writeString(a, Files.readString(a).replace("\"seconds\":10", "\"seconds\":" + seconds));
        List<String> lines = Files.readString(b)
                .replace("\"seconds\":10", "\"seconds\":" + seconds)
                .lines()
                .toList();
        Files.write(b, lines);
        judge(a, b);
        String whileRead = out.toString();
        List<String> disordered = new ArrayList<>(lines);
        Collections.swap(disordered, 650, 651);
        judge(a, Files.write(dir.resolve("c.jsonl"), disordered));
        assertThat(out.toString()).isEqualTo(whileRead).isNotEmpty();
        assertThat(JudgedWhileRead.of(a, b, costs -> JudgeSpecFile.read(Optional.empty(), costs, problem -> {})))
                .hasValueSatisfying(it -> assertThat(it.lines()).isEqualTo(whileRead));
    }

    @Test
    void lines_that_cannot_be_read_are_named_and_left_out() throws IOException {
        Path a = windows("a.jsonl", 30, 1, 1.01);
        Path b = windows("b.jsonl", 30, 1, 1.01);
        Files.writeString(
                b, "oops\n{\"t\":\"now\",\"requests\":3}\n{\"t\":\"2026-11-23T10:00:00Z\"}\n" + Files.readString(b));
        assertThat(judge(a, b)).isZero();
        assertThat(err.toString())
                .contains("b.jsonl:1: left out, not JSON")
                .contains("b.jsonl:2: left out, t is 'now'")
                .contains("b.jsonl:3: left out, latencyMs is missing or not a number");
        assertThat(looks()).hasSize(30);
    }

    @Test
    void buckets_that_are_too_wide_at_the_quantile_give_no_verdict_on_latency() throws IOException {
        judge(windows("a.jsonl", 60, 1, 1.1), windows("b.jsonl", 60, 1, 1.1));
        JsonNode p95 = looks().getLast().path("metrics").path("p95_latency");
        assertThat(p95.path("outcome").asString()).isEqualTo("not-enough-evidence");
        assertThat(p95.path("sentence").asString()).contains("resolution");
    }

    @Test
    void data_of_the_candidate_that_stop_are_broken_metrics() throws IOException {
        judge(windows("a.jsonl", 60, 1, 1.01), windows("b.jsonl", 30, 1, 1.01));
        assertThat(looks().getLast().path("outcome").asString()).isEqualTo("metrics-broken");
    }

    @Test
    void a_spec_of_only_stop_conditions_is_enough_and_its_mistakes_are_named() throws IOException {
        Path a = windows("a.jsonl", 30, 10, 1.01);
        Path spec = Files.writeString(
                dir.resolve("s.yaml"),
                "stopConditions:\n  - {metric: error_rate, above: 0.5%, for: 1m}\nwatch: {control: none}\n");
        assertThat(judge("--baseline", a.toString(), "--candidate", a.toString(), "--spec", spec.toString()))
                .isZero();
        assertThat(looks()).hasSize(6);
        Files.writeString(spec, "stopConditions:\n  - {metric: error_rate, regressesBy: 5}\n");
        assertThat(judge("--baseline", a.toString(), "--candidate", a.toString(), "--spec", spec.toString()))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("stopConditions[0].regressesBy is 5; write a number and pp");
    }

    @Test
    void a_whole_service_file_is_a_spec_and_its_prometheus_queries_are_left_out() throws IOException {
        Path a = windows("a.jsonl", 30, 10, 1.01);
        Path spec = Files.writeString(dir.resolve("s.yaml"), """
            service: checkout
            image: registry.example.com/shop/checkout:1.42.0
            release:
              stopConditions:
                - {metric: p95_latency, regressesBy: 10%}
                - {metric: prometheus, query: 'up', above: 3, for: 2m}
            """);
        assertThat(judge("--baseline", a.toString(), "--candidate", a.toString(), "--spec", spec.toString()))
                .isZero();
        assertThat(err.toString()).contains("stopConditions[1] left out");
        assertThat(looks().getLast().path("metrics").propertyNames()).containsExactly("p95_latency");
    }

    @Test
    void a_file_without_a_usable_line_fails_and_says_what_is_expected() throws IOException {
        Path empty = Files.writeString(dir.resolve("empty.jsonl"), "\n");
        assertThat(judge(empty, empty)).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("holds no line that can be judged");
    }
}

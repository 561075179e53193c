package io.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.analysis.Comparison;
import io.slipway.analysis.JudgeSpec;
import io.slipway.analysis.Prices;
import io.slipway.analysis.SimulatedService;
import io.slipway.analysis.Verdict;
import io.slipway.base.MetricWindow;
import io.slipway.base.RevisionId;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.cli.Cli;
import io.slipway.cli.ExitCode;
import io.slipway.control.Views.Recording;
import io.slipway.release.Metric;
import io.slipway.release.StopCondition;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

/** {@code slipway replay} against a real server over fakes. */
class ReplayTest extends FrontTest {
    private static final int WINDOWS = 720;
    private static final ServiceName CHECKOUT = new ServiceName("checkout");
    private static final List<StopCondition> DECLARED = List.of(
            new StopCondition.Regresses(Metric.P95_LATENCY, 0.10),
            new StopCondition.Above(Metric.ERROR_RATE, 0.5, java.time.Duration.ofMinutes(2)));
    private static final Prices PRICES = new Prices(0.04, 0.005, "EUR");

    @TempDir
    private Path dir = Path.of("");

    private String token = "";
    private final List<MetricWindow> windows = new ArrayList<>();
    private String out = "";
    private String err = "";

    @BeforeAll
    void record() {
        token = server().tokens.issue("alice@example.com", "admin");
        Scenes scenes = new Scenes(server(), Instant.now());
        scenes.watching("checkout", "ro-replay");
        scenes.watching("other", "ro-nothing");
        SimulatedService control = SimulatedService.control(5);
        SimulatedService candidate = SimulatedService.candidate(5);
        candidate.medianMs *= 1.5;
        for (int i = 0; i < WINDOWS; i++) {
            windows.add(control.window(i));
            windows.add(candidate.window(i));
        }
        server().views
                .put(
                        new Recording(
                                new RolloutId("ro-replay"),
                                new RevisionId(CHECKOUT, 2),
                                Optional.of(new RevisionId(CHECKOUT, 1)),
                                SimulatedService.START,
                                control.endOf(WINDOWS - 1),
                                DECLARED,
                                100,
                                PRICES),
                        windows);
    }

    private int replay(String... arguments) {
        List<String> all = new ArrayList<>(List.of("replay"));
        all.addAll(List.of(arguments));
        return run(all);
    }

    private int run(List<String> all) {
        StringWriter text = new StringWriter();
        StringWriter complaints = new StringWriter();
        CommandLine line =
                Cli.commandLine().setOut(new PrintWriter(text, true)).setErr(new PrintWriter(complaints, true));
        int exit = line.execute(all.toArray(String[]::new));
        out = text.toString();
        err = complaints.toString();
        return exit;
    }

    private int replayed(String... more) {
        List<String> all = new ArrayList<>(
                List.of("replay", "ro-replay", "--server", server().at("").toString(), "--token", token));
        all.addAll(List.of(more));
        return run(all);
    }

    /** Judged at the source, without a way through text. */
    private Verdict judged() {
        Comparison comparison = new Comparison(
                new JudgeSpec(DECLARED, PRICES, JudgeSpec.DEFAULT_ALPHA, 100, true), SimulatedService.START);
        for (int i = 0; ; i++) {
            comparison.add(windows.get(2 * i));
            comparison.add(windows.get(2 * i + 1));
            Verdict verdict = comparison.look(SimulatedService.START.plusSeconds(10L * (i + 1)));
            if (verdict.reverts()) {
                return verdict;
            }
        }
    }

    @Test
    void what_was_declared_gives_the_same_verdict_at_the_same_time_and_says_what_it_cost() {
        Verdict verdict = judged();
        assertThat(replayed()).as(err).isZero();
        assertThat(out)
                .contains("checkout r2 against r1")
                .contains(verdict.at() + "  regressed")
                .contains(verdict.sentence())
                .contains("It would be reverted "
                        + java.time.Duration.between(SimulatedService.START, verdict.at())
                                .toSeconds()
                        + " s after it began (recorded: watching)")
                .contains("EUR");
        assertThat(err).isEmpty();
    }

    @Test
    void a_condition_on_a_series_that_is_not_recorded_is_named_and_keeps_its_share_of_alpha() throws Exception {
        List<StopCondition> both =
                List.of(DECLARED.getFirst(), new StopCondition.SeriesRegresses(WorkerScene.AGE, 0.2));
        Recording recorded = new Recording(
                new RolloutId("ro-own"),
                new RevisionId(CHECKOUT, 2),
                Optional.of(new RevisionId(CHECKOUT, 1)),
                SimulatedService.START,
                SimulatedService.START.plusSeconds(WINDOWS * 10L),
                both,
                100,
                PRICES);
        new Scenes(server(), Instant.now()).watching("checkout", "ro-own");
        server().views.put(recorded, windows);
        assertThat(run(List.of("replay", "ro-own", "--server", server().at("").toString(), "--token", token)))
                .as(err)
                .isZero();
        assertThat(out)
                .contains(
                        "Not judged again, since a recording holds no series of the team's own: pushed 'queue_age_seconds'")
                .contains("at most 1 in 200 to be chance");
        replay("ro-own", "--server", server().at("").toString(), "--token", token, "--output", "json");
        assertThat(JsonMapper.shared().readTree(out).path("notRecorded").get(0).asString())
                .isEqualTo("pushed 'queue_age_seconds'");
    }

    @Test
    void other_conditions_give_another_ending() throws Exception {
        Path spec =
                Files.writeString(dir.resolve("s.yaml"), "stopConditions: [{metric: p95_latency, regressesBy: 80%}]\n");
        assertThat(replayed("--spec", spec.toString(), "--output", "json"))
                .as(err)
                .isZero();
        var answer = JsonMapper.shared().readTree(out);
        assertThat(answer.path("revert").booleanValue()).isFalse();
        assertThat(answer.path("looks").intValue()).isGreaterThanOrEqualTo(WINDOWS);
        assertThat(answer.path("last").path("outcome").stringValue()).isEqualTo("healthy");
        assertThat(answer.path("candidate").path("requests").longValue())
                .isEqualTo(windows.stream()
                        .filter(w -> w.revision().number() == 2)
                        .mapToLong(MetricWindow::requests)
                        .sum());
    }

    @Test
    void a_kept_recording_needs_no_server_and_is_read_by_the_judge_as_well() {
        Path kept = dir.resolve("kept.jsonl");
        replayed();
        String online = out;
        assertThat(replayed("--save", kept.toString())).as(err).isZero();
        assertThat(replay("--recording", kept.toString())).as(err).isZero();
        assertThat(out).isEqualTo(online);
        assertThat(run(List.of("judge", "--baseline", kept.toString(), "--candidate", kept.toString())))
                .as(err)
                .isZero();
        assertThat(out).contains("\"revert\":true");
        assertThat(err).isEmpty();
        assertThat(replayed("--save", kept.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("exists; name a file that does not");
    }

    @Test
    void what_cannot_be_replayed_says_why_and_what_to_do() throws Exception {
        assertThat(replay()).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("name a ROLLOUT or SERVICE, or give --recording FILE");
        Path text = Files.writeString(dir.resolve("text"), "{\"t\":\"2026-11-23T10:00:00Z\"}\n");
        assertThat(replay("--recording", text.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("is not a recording").contains("--save FILE").contains("slipway judge");
        Path burns = Files.writeString(
                dir.resolve("burns"), "{\"stopConditions\":[{\"metric\":\"burn_rate\",\"objective\":1.5}]}\n");
        assertThat(replay("--recording", burns.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("objective 1.5 is not between 0.9 and 0.99999");
        assertThat(run(List.of(
                        "replay", "ro-nothing", "--server", server().at("").toString(), "--token", token)))
                .isEqualTo(ExitCode.FAILED);
        assertThat(err).contains("Nothing was compared yet");
    }
}

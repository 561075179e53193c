package io.slipway.control;

import static io.slipway.control.WholeReleaseTest.ALICE;
import static io.slipway.store.Samples.SHOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.analysis.Outcome;
import io.slipway.base.RevisionId;
import io.slipway.base.RolloutId;
import io.slipway.base.Weight;
import io.slipway.control.OwnSeriesStore.Value;
import io.slipway.control.Views.RolloutView;
import io.slipway.release.Check;
import io.slipway.release.Metric;
import io.slipway.release.OwnSeries;
import io.slipway.release.ReleasePlan;
import io.slipway.release.ReleaseSpec;
import io.slipway.release.Step;
import io.slipway.release.StopCondition;
import io.slipway.release.Watch;
import io.slipway.store.Samples;
import io.slipway.telemetry.Prometheus;
import io.slipway.telemetry.StubPrometheus;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Conditions on series of the team's own: a Prometheus that is asked over HTTP, and pushed samples. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class OwnSeriesTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final OwnSeries FAILED =
            new OwnSeries(Metric.PROMETHEUS, "sum(rate(app_failed_total{revision=\"$revision\"}[1m]))");
    private static final StopCondition BOUND = new StopCondition.SeriesAbove(FAILED, 3, Duration.ofSeconds(20));
    private static final StopCondition MARGIN = new StopCondition.SeriesRegresses(FAILED, 0.10);
    private static final OwnSeries AGE = new OwnSeries(Metric.PUSHED, "queue_age_seconds");

    private final FakeHosts hosts = new FakeHosts(23, "h1");
    private final Yard yard = new Yard(hosts);
    private StubPrometheus stub;
    private QueryPoll poll;

    @BeforeEach
    void begin() throws IOException {
        stub = new StubPrometheus();
        poll = poll(Duration.ofSeconds(30));
        yard.poll = this::ask;
    }

    private QueryPoll poll(Duration timeout) {
        Prometheus prometheus = stub.client(SECOND, timeout);
        return new QueryPoll(prometheus, yard.controller.rollouts, yard.controller.series);
    }

    /** Waits for the answers, so that what is known at a second does not depend on the machine's speed. */
    private void ask() {
        poll.run();
        while (!poll.isIdle()) {
            LockSupport.parkNanos(200_000);
        }
    }

    @AfterEach
    void end() {
        stub.close();
        poll.close();
    }

    private RolloutId second(StopCondition condition, List<Step> steps, Duration watch) throws Refused {
        yard.until(
                yard.controller
                        .desk
                        .submit(Samples.spec(1, List.of(Check.IMAGE)), ALICE)
                        .rollout(),
                "settled",
                300);
        ReleaseSpec spec = Samples.watched(SHOP.value(), watch);
        ReleasePlan plan = spec.release();
        List<StopCondition> conditions = new ArrayList<>(plan.stopConditions());
        conditions.add(condition);
        ReleasePlan with = new ReleasePlan(
                plan.owner(), plan.channel(), plan.checks(), steps, conditions, new Watch(watch, true, true));
        return yard.controller
                .desk
                .submit(
                        new ReleaseSpec(spec.service(), spec.image(), spec.processes(), spec.env(), spec.route(), with),
                        ALICE)
                .rollout();
    }

    private RolloutId watched(StopCondition condition, Duration watch) throws Refused {
        RolloutId id = second(condition, List.of(new Step.SetWeight(Weight.ALL)), watch);
        yard.until(id, "watching", 900);
        yard.pass(Duration.ofSeconds(40), SECOND);
        return id;
    }

    private String state(RolloutId id) {
        return yard.view(id).state().label();
    }

    private Outcome outcome(RolloutId id) {
        return yard.view(id).verdict().orElseThrow().outcome();
    }

    /** Rising by chance a little, as {@code candidate} and {@code control} are on the mean. */
    private static StubPrometheus.Script around(double control, double candidate) {
        return (query, time) -> {
            boolean second = query.contains("\"2\"");
            SplittableRandom random = new SplittableRandom(time.getEpochSecond() * 2 + (second ? 1 : 0));
            return Optional.of(String.valueOf((second ? candidate : control) * (0.9 + 0.2 * random.nextDouble())));
        };
    }

    @Test
    void a_query_above_its_bound_on_both_revisions_is_held_and_on_the_new_one_alone_reverts_and_names_itself()
            throws Refused {
        stub.play(around(1, 1));
        RolloutId id = watched(BOUND, Duration.ofMinutes(30));
        assertThat(outcome(id)).isEqualTo(Outcome.HEALTHY);
        stub.play(around(5, 5));
        RolloutView held = yard.until(id, view -> view.reason().code().equals("common-cause"), 60);
        assertThat(held.state().label()).isEqualTo("watching");
        stub.play(around(1, 4));
        RolloutView reverted = yard.until(id, "reverted", 120);
        assertThat(reverted.verdict().orElseThrow().sentence())
                .contains("prometheus 'sum(rate(app_failed_total")
                .contains("against a bound of 3, above it for ");
        assertThat(yard.controller.services.find(SHOP).orElseThrow().held()).isPresent();
    }

    @Test
    void a_query_that_both_revisions_answer_alike_is_healthy_and_a_worse_answer_of_the_new_one_reverts()
            throws Refused {
        stub.play(around(2, 2));
        RolloutId id = watched(MARGIN, Duration.ofMinutes(30));
        yard.until(id, view -> view.verdict().orElseThrow().outcome() == Outcome.HEALTHY, 120);
        assertThat(stub.asked().stream().map(form -> form.get("query")))
                .contains(FAILED.text().replace("$revision", "1"), FAILED.text().replace("$revision", "2"))
                .doesNotContain(FAILED.text());
        stub.play(around(2, 3));
        RolloutView reverted = yard.until(id, "reverted", 600);
        assertThat(reverted.verdict().orElseThrow().sentence()).contains("tolerated +10%: regressed");
    }

    @Test
    void a_source_that_lies_lags_or_stops_holds_the_watch_with_one_routine_alert_and_goes_on_without_loss()
            throws Refused {
        stub.play(around(1, 1));
        RolloutId id = watched(BOUND, Duration.ofMinutes(36));
        List<Runnable> troubles = List.of(
                () -> stub.play((query, time) -> Optional.of("NaN")),
                () -> stub.play((query, time) -> Optional.of("+Inf")),
                () -> stub.play((query, time) -> Optional.empty()),
                () -> stub.replyWith(
                        503, "{\"status\":\"error\",\"errorType\":\"unavailable\",\"error\":\"starting\"}"));
        for (Runnable trouble : troubles) {
            trouble.run();
            yard.pass(Duration.ofSeconds(40), Duration.ofSeconds(2));
            assertThat(state(id)).isEqualTo("watching");
            assertThat(outcome(id)).isEqualTo(Outcome.METRICS_BROKEN);
        }
        assertThat(error()).hasValueSatisfying(e -> assertThat(e).contains("unavailable", "starting"));
        yard.pass(Duration.ofMinutes(27), Duration.ofSeconds(10));
        assertThat(outcome(id)).isEqualTo(Outcome.METRICS_BROKEN);
        assertThat(yard.told(id)).containsExactly("ROUTINE metrics-broken");
        stub.play(around(1, 1));
        yard.pass(Duration.ofMinutes(1), SECOND);
        assertThat(error()).isEmpty();
        assertThat(outcome(id)).isEqualTo(Outcome.HEALTHY);
        yard.until(id, "settled", 400);
        assertThat(yard.told(id)).containsExactly("ROUTINE metrics-broken");
    }

    private Optional<String> error() {
        return yard.controller.series.states(SHOP).getFirst().error();
    }

    @Test
    void a_gate_whose_source_never_answers_is_aborted_for_lack_of_evidence() throws Refused {
        stub.replyWith(401, "Unauthorized");
        List<Step> steps = List.of(
                new Step.SetWeight(Weight.percent(25)),
                new Step.Gate(200, Duration.ofMinutes(3)),
                new Step.SetWeight(Weight.ALL));
        RolloutId id = second(BOUND, steps, Duration.ofMinutes(4));
        yard.until(id, "gating", 100);
        yard.pass(Duration.ofSeconds(150), Duration.ofSeconds(5));
        assertThat(state(id)).isEqualTo("gating");
        RolloutView aborted = yard.until(id, "aborted", 120);
        assertThat(aborted.reason().text()).contains("evidence");
        assertThat(yard.controller.services.find(SHOP).orElseThrow().held()).isEmpty();
        assertThat(error()).hasValueSatisfying(e -> assertThat(e).contains("refuses the credentials"));
    }

    @Test
    void a_source_that_does_not_answer_holds_up_nothing_else_and_a_watch_that_ends_so_is_unproven() throws Refused {
        stub.play(around(1, 1));
        RolloutId id = watched(BOUND, Duration.ofMinutes(3));
        stub.fallSilent();
        yard.poll = poll::run;
        yard.pass(Duration.ofSeconds(70), SECOND);
        assertThat(outcome(id)).isEqualTo(Outcome.METRICS_BROKEN);
        assertThat(yard.view(id).verdict().orElseThrow().at()).isEqualTo(yard.database.now());
        yard.until(id, "unproven", 100);
        assertThat(yard.told(id)).containsExactly("ROUTINE metrics-broken", "ROUTINE unproven");
    }

    @Test
    void pushed_samples_are_judged_by_a_bound_and_twice_or_late_they_change_nothing() throws Refused {
        yard.poll = () -> push(1, 2);
        RolloutId id = watched(new StopCondition.SeriesAbove(AGE, 30, Duration.ofSeconds(20)), Duration.ofMinutes(30));
        assertThat(outcome(id)).isEqualTo(Outcome.HEALTHY);
        yard.poll = () -> {
            push(1, 2);
            push(1, 1000);
            pushAt(yard.database.now().minusSeconds(300), 1000);
        };
        yard.pass(Duration.ofMinutes(1), SECOND);
        assertThat(outcome(id)).isEqualTo(Outcome.HEALTHY);
        yard.poll = () -> push(1, 31);
        yard.until(id, "reverted", 60);
    }

    private void push(double control, double candidate) {
        Instant at = yard.database.now().minusSeconds(1);
        push(1, at, control);
        push(2, at, candidate);
    }

    private void pushAt(Instant at, double candidate) {
        push(2, at, candidate);
    }

    private void push(int revision, Instant at, double value) {
        yard.controller.series.answered(
                new RevisionId(SHOP, revision), AGE, List.of(new Value(at, 1, value)), yard.database.now());
    }

    @Test
    void a_query_is_refused_where_no_prometheus_is_configured() {
        ReleaseDesk desk = yard.controller.deskWithoutQueries();
        ReleaseSpec spec = Samples.watched(SHOP.value(), Duration.ofMinutes(1));
        ReleasePlan plan = spec.release();
        ReleasePlan with = new ReleasePlan(
                plan.owner(), plan.channel(), plan.checks(), plan.steps(), List.of(BOUND), plan.watch());
        assertThatThrownBy(() -> desk.submit(
                        new ReleaseSpec(spec.service(), spec.image(), spec.processes(), spec.env(), spec.route(), with),
                        ALICE))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("slipway.prometheus.url");
    }
}

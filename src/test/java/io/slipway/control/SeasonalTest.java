package io.slipway.control;

import static io.slipway.control.WholeReleaseTest.ALICE;
import static io.slipway.store.Samples.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.analysis.MetricVerdict;
import io.slipway.analysis.Outcome;
import io.slipway.analysis.Verdict;
import io.slipway.base.Arm;
import io.slipway.base.Crashes;
import io.slipway.base.RevisionId;
import io.slipway.base.RolloutId;
import io.slipway.control.FakeHosts.Behaviour;
import io.slipway.release.Check;
import io.slipway.release.Metric;
import io.slipway.release.ReleasePlan;
import io.slipway.release.ReleaseSpec;
import io.slipway.release.Watch;
import io.slipway.store.Samples;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A watch without a control, beside what the stable revision did a day before. */
class SeasonalTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final FakeHosts hosts = new FakeHosts(29, "h1", "h2");
    private final Yard yard = new Yard(hosts);

    /** Released and promoted at the same hour of the next day; {@code days} is 0 where the day before was not recorded. */
    private RolloutId watchedWithoutControl(boolean recorded) throws Refused {
        return watchedWithoutControl(recorded, () -> {});
    }

    private RolloutId watchedWithoutControl(boolean recorded, Runnable nextDay) throws Refused {
        yard.until(
                yard.controller
                        .desk
                        .submit(Samples.spec(3, List.of(Check.IMAGE)), ALICE)
                        .rollout(),
                "settled",
                300);
        Instant noon = yard.database.now();
        if (recorded) {
            yard.pass(Duration.ofMinutes(5), SECOND);
        }
        yard.database.moveClock(Duration.between(yard.database.now(), noon.plus(JudgeInputs.SEASON)));
        nextDay.run();
        ReleaseSpec spec = Samples.watched(SHOP.value(), Duration.ofMinutes(20));
        ReleasePlan plan = spec.release();
        ReleasePlan alone = new ReleasePlan(
                plan.owner(),
                plan.channel(),
                plan.checks(),
                plan.steps(),
                plan.stopConditions(),
                new Watch(Duration.ofMinutes(20), true, false));
        RolloutId id = yard.controller
                .desk
                .submit(
                        new ReleaseSpec(
                                spec.service(), spec.image(), spec.processes(), spec.env(), spec.route(), alone),
                        ALICE)
                .rollout();
        yard.until(id, "watching", 240);
        return id;
    }

    private MetricVerdict latency(RolloutId id) {
        Verdict verdict = yard.view(id).verdict().orElseThrow();
        return verdict.metrics().get(1);
    }

    @Test
    void a_slower_revision_is_shown_as_worse_than_the_same_hours_of_the_day_before_and_not_reverted() throws Refused {
        RolloutId id = watchedWithoutControl(true);
        hosts.behave(new RevisionId(SHOP, 2), Behaviour.GOOD.slower(1.5));
        yard.pass(Duration.ofMinutes(1), SECOND);
        assertThat(latency(id).outcome()).isEqualTo(Outcome.REGRESSED);
        assertThat(latency(id).sentence())
                .contains("seasonal: against the same hours of the day before, which is weaker");
        assertThat(yard.view(id).verdict().orElseThrow().outcome()).isNotEqualTo(Outcome.REGRESSED);
        assertThat(yard.view(id).state().label()).isEqualTo("watching");
    }

    @Test
    void a_crash_of_the_day_before_is_no_part_of_what_is_shown_beside_it() throws Refused {
        // Too few for a loop of its own.
        hosts.metrics(windows -> windows.stream()
                .map(w -> w.start().getEpochSecond() % 150 == 0 ? w.with(new Crashes(1, 0)) : w)
                .toList());
        RolloutId id = watchedWithoutControl(true, () -> hosts.metrics(UnaryOperator.identity()));
        yard.pass(Duration.ofMinutes(4), SECOND);
        Verdict verdict = yard.view(id).verdict().orElseThrow();
        assertThat(verdict.at()).isAfter(yard.database.now().minusSeconds(5));
        assertThat(verdict.metrics()).noneMatch(m -> m.metric() == Metric.CRASHES);
        assertThat(yard.view(id).state().label()).isEqualTo("watching");
    }

    @Test
    void what_is_wrong_with_the_day_before_keeps_nothing_from_its_end() throws Refused {
        RolloutId id = watchedWithoutControl(true);
        Instant today = yard.database.now().minus(Duration.ofHours(12));
        yard.read = windows -> windows.stream()
                .map(a -> a.window().start().isBefore(today)
                        ? new ArrivedWindow(a.window().at(Arm.STABLE, a.window().host(), Instant.MIN), a.at())
                        : a)
                .toList();
        yard.pass(Duration.ofSeconds(10), SECOND);
        assertThat(yard.view(id).verdict().orElseThrow().sentence()).doesNotContain("the judge failed");
        assertThat(latency(id).sentence()).contains("no control to compare with");
        yard.read = UnaryOperator.identity();
        yard.pass(Duration.ofMinutes(1), SECOND);
        assertThat(latency(id).sentence()).contains("seasonal");
    }

    @Test
    void without_that_day_it_says_that_there_is_nothing_to_compare_with() throws Refused {
        RolloutId id = watchedWithoutControl(false);
        yard.pass(Duration.ofMinutes(1), SECOND);
        assertThat(latency(id).sentence())
                .contains("no control to compare with")
                .doesNotContain("seasonal");
    }
}

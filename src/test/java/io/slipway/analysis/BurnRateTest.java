package io.slipway.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.release.Metric;
import io.slipway.release.StopCondition;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** An objective of 99.9%: one request of a thousand may fail. */
class BurnRateTest {
    private static final int MINUTE = 6;
    private static final int HOUR = 60 * MINUTE;
    private final SimulatedService control = SimulatedService.control(5);
    private final SimulatedService candidate = SimulatedService.candidate(5);

    private Verdict judged(int windows, IntToDoubleFunction ofControl, IntToDoubleFunction ofCandidate) {
        JudgeSpec spec =
                new JudgeSpec(List.of(new StopCondition.Burns(0.999)), new Prices(0.04, 0.005, "EUR"), 0.01, 100, true);
        Comparison comparison = new Comparison(spec, SimulatedService.START);
        Verdict verdict = null;
        for (int i = 0; i < windows; i++) {
            control.errorRate = ofControl.applyAsDouble(i);
            candidate.errorRate = ofCandidate.applyAsDouble(i);
            comparison.add(control.window(i));
            comparison.add(candidate.window(i));
            verdict = comparison.look(control.endOf(i));
            if (verdict.reverts()) {
                return verdict;
            }
        }
        return Objects.requireNonNull(verdict);
    }

    private static Duration after(Verdict verdict) {
        return Duration.between(SimulatedService.START, verdict.at());
    }

    @Test
    void twenty_times_too_many_errors_are_broken_when_two_per_cent_of_a_month_are_used_up() {
        Verdict verdict = judged(2 * HOUR, i -> 0.0005, i -> 0.02);
        assertThat(verdict.reverts()).isTrue();
        // 14.4 hours' worth of what is allowed, at 20 times the speed.
        assertThat(after(verdict)).isBetween(Duration.ofMinutes(38), Duration.ofMinutes(48));
        MetricVerdict burnt = verdict.metrics().getFirst();
        assertThat(burnt.metric()).isEqualTo(Metric.BURN_RATE);
        assertThat(burnt.sentence())
                .startsWith("burn rate is 14.")
                .contains(
                        "over 60 min and 2",
                        "of the 0.1% errors that the objective allows; broken at 14.4x: regressed");
    }

    @Test
    void eight_times_too_many_are_broken_by_the_longer_windows() {
        Verdict verdict = judged(6 * HOUR, i -> 0.0005, i -> 0.008);
        assertThat(verdict.reverts()).isTrue();
        assertThat(after(verdict)).isBetween(Duration.ofHours(4), Duration.ofHours(5));
        assertThat(verdict.sentence()).contains("broken at 6x");
    }

    @Test
    void what_fails_wholly_is_broken_within_two_minutes() {
        Verdict verdict = judged(HOUR, i -> 0.0005, i -> 1);
        assertThat(verdict.reverts()).isTrue();
        assertThat(after(verdict)).isLessThanOrEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void bad_minutes_that_are_over_are_not_broken() {
        Verdict verdict = judged(2 * HOUR, i -> 0.0005, i -> i < 40 * MINUTE ? 0.02 : 0);
        assertThat(verdict.outcome()).as(verdict.sentence()).isEqualTo(Outcome.HEALTHY);
    }

    @Test
    void five_times_too_many_are_not_broken() {
        assertThat(judged(8 * HOUR, i -> 0.0005, i -> 0.005).reverts()).isFalse();
    }

    @Test
    void a_control_that_burns_as_fast_is_trouble_of_both() {
        Verdict verdict = judged(2 * HOUR, i -> 0.02, i -> 0.02);
        assertThat(verdict.reverts()).isFalse();
        assertThat(verdict.commonCause()).isTrue();
    }

    @Test
    void slots_longer_than_the_longest_window_are_no_trouble() {
        control.seconds = 8 * 3600;
        candidate.seconds = 8 * 3600;
        assertThat(judged(3, i -> 0, i -> 0).reverts()).isFalse();
    }

    @Test
    void one_error_among_few_requests_is_chance() {
        control.requestsPerSecond = 0.02;
        candidate.requestsPerSecond = 0.02;
        // One of 72 in an hour is 14 times what is allowed.
        Verdict verdict = judged(24 * HOUR, i -> 0, i -> 0.001);
        assertThat(verdict.reverts()).as(verdict.sentence()).isFalse();
    }
}

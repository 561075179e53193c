package io.slipway.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.Arm;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.MetricWindow;
import io.slipway.release.Metric;
import io.slipway.release.StopCondition;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PlainlyBrokenTest {
    private static final JudgeSpec SPEC = new JudgeSpec(
            List.of(new StopCondition.Regresses(Metric.ERROR_RATE, 0.005)),
            new Prices(0.04, 0.005, "EUR"),
            0.01,
            100,
            true);

    private final SimulatedService control = SimulatedService.control(3);
    private final SimulatedService candidate = SimulatedService.candidate(3);
    private final Comparison comparison = new Comparison(SPEC, SimulatedService.START);

    /** Windows of ten seconds until the revert, from one on; 0 without one. */
    private int reverted(int from, int to) {
        for (int i = from; i < to; i++) {
            comparison.add(control.window(i));
            comparison.add(candidate.window(i));
            if (comparison.reverts(control.endOf(i))) {
                return i + 1 - from;
            }
        }
        return 0;
    }

    /** The slow tests cannot tell such a step from noise: little was seen before it. */
    @Test
    void an_outbreak_after_three_quiet_minutes_is_found_within_half_a_minute() {
        assertThat(reverted(0, 18)).isZero();
        candidate.errorRate = 0.5;
        assertThat(reverted(18, 60)).isBetween(1, 3);
        Verdict verdict = comparison.look(control.endOf(20));
        assertThat(verdict.reverts()).isTrue();
        assertThat(verdict.sentence())
                .contains("plainly broken", "3 times the control's and +5pp", "at most 1 in 1000 to be chance");
        assertThat(verdict.metrics().getFirst().alpha()).isEqualTo(PlainlyBroken.ALPHA);
    }

    @Test
    void an_outbreak_on_both_arms_is_not_the_candidates() {
        reverted(0, 18);
        candidate.errorRate = 0.5;
        control.errorRate = 0.4;
        assertThat(reverted(18, 60)).isZero();
    }

    /** At the very bound, over 60 days of minutes; the promise is one in 1,000 for each of the 60 watches, so two happen once in 500 runs. */
    @Test
    void a_candidate_at_the_bound_is_hardly_ever_called_broken() {
        long seed = System.nanoTime() >>> 8;
        SplittableRandom random = new SplittableRandom(seed);
        int broken = 0;
        for (int watch = 0; watch < 60; watch++) {
            PlainlyBroken test = new PlainlyBroken(0.005);
            for (int i = 0; i < 8640 && !test.isFound(); i++) {
                test.add(slot(i, errors(random, 0.05), errors(random, 0.2)));
            }
            broken += test.isFound() ? 1 : 0;
        }
        assertThat(broken).as("seed " + seed).isLessThan(2);
    }

    @Test
    void the_shares_of_all_minutes_make_one() {
        double sum = 0;
        for (long n = 1; n <= 1_000_000; n++) {
            sum += 1.0 / (n * (n + 1));
        }
        assertThat(sum).isLessThan(1).isGreaterThan(0.99999);
    }

    private static int errors(SplittableRandom random, double rate) {
        int errors = 0;
        for (int i = 0; i < 20; i++) {
            errors += random.nextDouble() < rate ? 1 : 0;
        }
        return errors;
    }

    private static Slot slot(int index, int errors0, int errors1) {
        MetricWindow w0 = new SimulatedService(Arm.CONTROL, 1).window(index, 20, errors0, LatencyHistogram.EMPTY, 1);
        MetricWindow w1 = new SimulatedService(Arm.CANDIDATE, 1).window(index, 20, errors1, LatencyHistogram.EMPTY, 1);
        return new Slot(w0.start(), 10, ArmSums.NONE.plus(w0), ArmSums.NONE.plus(w1), 2, true, true, false, false);
    }
}

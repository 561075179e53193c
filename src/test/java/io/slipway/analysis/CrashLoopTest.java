package io.slipway.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.Arm;
import io.slipway.base.Crashes;
import io.slipway.base.MetricWindow;
import io.slipway.release.Metric;
import io.slipway.release.StopCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** Replicas that end by themselves again and again. */
class CrashLoopTest {
    private static final int HOUR = 360;
    private final SimulatedService control = SimulatedService.control(7);
    private final SimulatedService candidate = SimulatedService.candidate(7);
    private boolean comparing = true;
    private boolean young;

    /** Looks after each window of 10 s; returns the first that reverts, or else the last. */
    private Verdict judged(int from, int to, IntUnaryOperator ofControl, IntUnaryOperator ofCandidate, boolean memory) {
        JudgeSpec spec = new JudgeSpec(
                List.of(new StopCondition.Regresses(Metric.ERROR_RATE, 0.05)),
                new Prices(0.04, 0.005, "EUR"),
                0.01,
                100,
                comparing);
        Comparison comparison = new Comparison(spec, SimulatedService.START);
        Verdict verdict = null;
        for (int i = 0; i < to; i++) {
            if (comparing) {
                comparison.add(crashed(control.window(i), i < from ? 0 : ofControl.applyAsInt(i), memory));
            }
            comparison.add(crashed(candidate.window(i), i < from ? 0 : ofCandidate.applyAsInt(i), memory));
            verdict = comparison.look(control.endOf(i));
            if (verdict.reverts()) {
                return verdict;
            }
        }
        return java.util.Objects.requireNonNull(verdict);
    }

    private MetricWindow crashed(MetricWindow w, int ends, boolean memory) {
        MetricWindow same = new MetricWindow(
                w.revision(),
                w.arm(),
                w.host(),
                w.start(),
                w.seconds(),
                w.requests(),
                w.errors(),
                w.latency(),
                w.cpuSeconds(),
                w.memoryByteSeconds(),
                w.replicas(),
                young);
        return same.with(new Crashes(ends, memory ? ends : 0));
    }

    private static MetricVerdict of(Verdict verdict, Metric metric) {
        return verdict.metrics().stream()
                .filter(m -> m.metric() == metric)
                .findFirst()
                .orElseThrow();
    }

    private static IntUnaryOperator every(int windows) {
        return i -> i % windows == 0 ? 1 : 0;
    }

    @Test
    void three_ends_within_a_minute_are_a_loop_and_the_sentence_says_so() {
        Verdict verdict = judged(0, 60, i -> 0, every(2), false);
        assertThat(verdict.reverts()).isTrue();
        assertThat(verdict.at()).isBefore(SimulatedService.START.plusSeconds(61));
        assertThat(of(verdict, Metric.CRASHES).sentence())
                .startsWith(
                        "crashes: its replicas ended by themselves 3 times in 50 s, the control's 0 times; tolerated 4 times a day")
                .endsWith("regressed, at most 1 in 1000 to be chance");
        assertThat(verdict.sentence()).contains("ended by themselves 3 times");
    }

    @Test
    void the_looks_without_intervals_find_the_same() {
        JudgeSpec spec = new JudgeSpec(List.of(), new Prices(0.04, 0.005, "EUR"), 0.01, 1, false);
        Comparison comparison = new Comparison(spec, SimulatedService.START);
        for (int i = 0; i < 3; i++) {
            comparison.add(crashed(candidate.window(i), 3, false));
        }
        assertThat(comparison.reverts(candidate.endOf(2))).isTrue();
    }

    @Test
    void two_ends_are_shown_and_no_loop_however_soon() {
        Verdict verdict = judged(0, 60, i -> 0, i -> i < 2 ? 1 : 0, false);
        assertThat(verdict.outcome()).as(verdict.sentence()).isEqualTo(Outcome.HEALTHY);
        assertThat(of(verdict, Metric.CRASHES).sentence()).endsWith("too few to call it a loop");
    }

    @Test
    void without_any_nothing_is_said_of_it() {
        assertThat(judged(0, 60, i -> 0, i -> 0, false).metrics())
                .noneMatch(m -> m.metric() == Metric.CRASHES || m.metric() == Metric.OOM_KILLS);
    }

    @Test
    void replicas_that_always_have_just_started_are_not_left_out() {
        young = true;
        assertThat(judged(0, 60, i -> 0, every(2), false).reverts()).isTrue();
    }

    @Test
    void a_control_that_crashes_as_often_is_trouble_of_both() {
        Verdict verdict = judged(0, 60, every(2), every(2), false);
        assertThat(verdict.reverts()).isFalse();
        assertThat(of(verdict, Metric.CRASHES).sentence()).endsWith("as the control's do, so not this release's doing");
    }

    @Test
    void a_host_that_takes_all_replicas_down_at_once_is_no_loop() {
        candidate.replicas = 4;
        assertThat(judged(0, 60, i -> 0, i -> i == 3 ? 4 : 0, false).reverts()).isFalse();
        assertThat(judged(0, 60, i -> 0, i -> i > 3 && i < 7 ? 4 : 0, false).reverts())
                .isTrue();
    }

    @Test
    void an_outage_that_ends_all_replicas_of_both_again_and_again_is_trouble_of_both() {
        candidate.replicas = 4;
        IntUnaryOperator rounds = every(4);
        Verdict verdict = judged(0, 60, rounds, i -> 4 * rounds.applyAsInt(i), false);
        assertThat(verdict.reverts()).isFalse();
    }

    @Test
    void replicas_that_all_end_once_before_they_were_ready_are_no_loop() {
        candidate.replicas = 0;
        assertThat(judged(0, 60, i -> 0, i -> i == 0 ? 5 : 0, false).reverts()).isFalse();
    }

    @Test
    void an_outage_of_both_that_is_over_does_not_hold_what_is_found_later() {
        IntUnaryOperator outage = i -> i < 60 && i % 3 == 0 ? 1 : 0;
        assertThat(judged(0, 60, outage, outage, false).reverts()).isFalse();
        Verdict loop = judged(0, 3 * HOUR, outage, i -> i > 2 * HOUR ? i % 2 : outage.applyAsInt(i), false);
        assertThat(loop.reverts()).isTrue();
        assertThat(loop.at()).isAfter(SimulatedService.START.plusSeconds(7200));
    }

    @Test
    void many_candidates_in_a_loop_are_not_taken_for_a_control_that_ends_now_and_then() {
        candidate.replicas = 20;
        // Each of them every 20 s, the control's twice and every 100 s then.
        Verdict verdict = judged(0, 60, i -> i < 2 || i % 10 == 0 ? 1 : 0, i -> 10, false);
        assertThat(verdict.reverts()).isTrue();
        assertThat(Duration.between(SimulatedService.START, verdict.at())).isLessThanOrEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void an_outage_that_ends_each_of_many_candidates_and_the_one_control_once_is_trouble_of_both() {
        candidate.replicas = 20;
        // One after the other within two minutes, the control's among the first.
        Verdict verdict = judged(0, 60, i -> i == 1 ? 1 : 0, i -> i > 0 && i < 13 && i != 12 ? 2 : 0, false);
        assertThat(verdict.reverts()).isFalse();
    }

    @Test
    void replicas_that_are_not_ready_during_an_outage_are_still_counted() {
        candidate.replicas = 20;
        Verdict verdict = judged(
                0,
                60,
                i -> i == 8 || i == 20 || i == 32 ? 1 : 0,
                i -> {
                    candidate.replicas = i < 6 ? 20 : 1;
                    return i > 6 && i < 40 ? 2 : 0;
                },
                false);
        assertThat(verdict.reverts()).isFalse();
    }

    @Test
    void an_outage_during_which_no_candidate_is_ready_yet_is_trouble_of_both() {
        candidate.replicas = 0;
        Verdict verdict = judged(0, 30, i -> i == 1 ? 1 : 0, i -> i > 0 && i < 10 ? 5 : 0, false);
        assertThat(verdict.reverts()).isFalse();
    }

    @Test
    void an_outage_across_the_end_of_a_stretch_is_trouble_of_both() {
        candidate.replicas = 20;
        Verdict verdict = judged(0, 100, i -> i == 57 || i == 58 ? 1 : 0, i -> i > 56 && i < 68 ? 2 : 0, false);
        assertThat(verdict.reverts()).isFalse();
    }

    @Test
    void of_an_arm_that_has_become_smaller_what_is_left_counts() {
        candidate.replicas = 20;
        Verdict verdict = judged(
                0,
                HOUR,
                i -> i == 66 ? 1 : 0,
                i -> {
                    candidate.replicas = i < 30 ? 20 : 2;
                    return i > 65 ? i % 3 == 0 ? 2 : 0 : 0;
                },
                false);
        assertThat(verdict.reverts()).isTrue();
        assertThat(Duration.between(SimulatedService.START, verdict.at())).isLessThanOrEqualTo(Duration.ofMinutes(13));
    }

    @Test
    void a_window_that_was_cut_in_pieces_does_not_make_an_arm_larger() {
        Comparison comparison = new Comparison(
                new JudgeSpec(
                        List.of(new StopCondition.Regresses(Metric.ERROR_RATE, 0.05)),
                        new Prices(0.04, 0.005, "EUR"),
                        0.01,
                        100,
                        true),
                SimulatedService.START);
        for (int i = 0; i < 40; i++) {
            int ends = i > 6 && i % 4 == 0 ? 1 : 0;
            MetricWindow w = crashed(control.window(i), ends, false);
            for (int part = 0; part < (i == 5 ? 6 : 1); part++) {
                comparison.add(
                        JudgeTest.lasting(w, 10, w.start().plusMillis(part)).with(new Crashes(ends, 0)));
            }
            comparison.add(crashed(candidate.window(i), ends * 2, false));
            assertThat(comparison.look(control.endOf(i)).reverts()).as("%d", i).isFalse();
        }
    }

    @Test
    void in_windows_of_five_minutes_a_late_loop_is_found_too() {
        control.seconds = 300;
        candidate.seconds = 300;
        Verdict verdict = judged(20 * 12, 21 * 12, i -> 0, i -> 4, false);
        assertThat(verdict.reverts()).isTrue();
    }

    @Test
    void a_control_that_crashed_once_is_not() {
        assertThat(judged(0, 60, i -> i == 0 ? 1 : 0, every(2), false).reverts())
                .isTrue();
    }

    @Test
    void what_is_told_beforehand_is_what_is_done() {
        String chance = "at most 1 in " + Math.round(1 / CrashLoop.ALPHA);
        assertThat(StopCondition.ALWAYS.get(0)).contains((int) CrashLoop.A_DAY + " times a day and replica", chance);
        assertThat(StopCondition.ALWAYS.get(1)).contains(chance);
    }

    @Test
    void a_first_release_without_a_control_is_reverted_as_well() {
        comparing = false;
        Verdict verdict = judged(0, 60, i -> 0, every(2), false);
        assertThat(verdict.reverts()).isTrue();
        assertThat(of(verdict, Metric.CRASHES).control()).isNaN();
        assertThat(of(verdict, Metric.CRASHES).sentence()).doesNotContain("control");
    }

    @Test
    void a_loop_that_begins_after_twenty_hours_is_found_within_ten_minutes() {
        Verdict verdict = judged(20 * HOUR, 21 * HOUR, i -> 0, every(6), false);
        assertThat(verdict.reverts()).isTrue();
        assertThat(Duration.between(SimulatedService.START.plus(Duration.ofHours(20)), verdict.at()))
                .isLessThanOrEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void memory_that_runs_out_every_hour_is_found_and_called_that() {
        Verdict verdict = judged(0, 24 * HOUR, i -> 0, every(HOUR), true);
        assertThat(verdict.reverts()).isTrue();
        assertThat(of(verdict, Metric.OOM_KILLS).sentence()).contains("were killed by the OOM killer");
        assertThat(Duration.between(SimulatedService.START, verdict.at())).isLessThan(Duration.ofHours(10));
    }

    @Test
    void replicas_that_end_as_often_as_is_tolerated_are_a_loop_in_less_than_one_of_five_hundred_days() {
        long seed = 20_261_201;
        SplittableRandom random = new SplittableRandom(seed);
        int days = 4_000;
        int found = 0;
        for (int day = 0; day < days; day++) {
            found += isFound(random.split(), 1 + day % 3) ? 1 : 0;
        }
        assertThat(found).as("seed %d, of %d days", seed, days).isLessThanOrEqualTo(days / 500);
    }

    private static boolean isFound(SplittableRandom random, int replicas) {
        CrashLoop loop = new CrashLoop(Metric.CRASHES);
        double perWindow = CrashLoop.A_DAY * replicas / 8640;
        for (int i = 0; i < 8640; i++) {
            int ends = random.nextDouble() < perWindow ? 1 : 0;
            Instant start = SimulatedService.START.plusSeconds(10L * i);
            loop.add(slot(start, replicas, ends));
            if (loop.isFound()) {
                return true;
            }
        }
        return false;
    }

    private static Slot slot(Instant start, int replicas, int ends) {
        OpenSlot slot = new OpenSlot(start, 10);
        SimulatedService service = SimulatedService.candidate(1);
        service.requestsPerSecond = 0;
        service.replicas = replicas;
        MetricWindow window = service.window(0);
        slot.add(window.at(Arm.CANDIDATE, window.host(), start).with(new Crashes(ends, 0)));
        return slot.closed();
    }
}

package io.slipway.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.Arm;
import io.slipway.base.HostName;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.MetricWindow;
import io.slipway.release.Metric;
import io.slipway.release.StopCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class JudgeTest {
    private static final StopCondition P95 = new StopCondition.Regresses(Metric.P95_LATENCY, 0.25);
    private static final StopCondition ERRORS = new StopCondition.Regresses(Metric.ERROR_RATE, 0.005);
    private static final StopCondition COST = new StopCondition.Regresses(Metric.COST_PER_REQUEST, 0.15);
    private static final JudgeSpec ALL = spec(P95, ERRORS, COST);

    private final SimulatedService control = SimulatedService.control(7);
    private final SimulatedService candidate = SimulatedService.candidate(7);

    private static JudgeSpec spec(StopCondition... conditions) {
        return new JudgeSpec(List.of(conditions), new Prices(0.04, 0.005, "EUR"), 0.01, 500, true);
    }

    private void both(Consumer<SimulatedService> change) {
        change.accept(control);
        change.accept(candidate);
    }

    private List<MetricWindow> windows(int from, int to) {
        List<MetricWindow> windows = new ArrayList<>();
        for (int i = from; i < to; i++) {
            windows.add(control.window(i));
            windows.add(candidate.window(i));
        }
        return windows;
    }

    private Verdict afterMinutes(JudgeSpec spec, int minutes) {
        return Judge.look(spec, windows(0, 6 * minutes), control.endOf(6 * minutes - 1));
    }

    private static MetricVerdict of(Verdict verdict, Metric metric) {
        return verdict.metrics().stream()
                .filter(m -> m.metric() == metric)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void equal_arms_with_enough_traffic_are_healthy() {
        both(s -> s.requestsPerSecond = 200);
        Verdict verdict = afterMinutes(ALL, 5);
        assertThat(verdict.outcome()).as(verdict.sentence()).isEqualTo(Outcome.HEALTHY);
        assertThat(verdict.reverts()).isFalse();
        assertThat(verdict.windowsUsed()).isEqualTo(30);
    }

    @Test
    void equal_arms_with_little_traffic_are_not_called_healthy() {
        both(s -> s.requestsPerSecond = 2);
        assertThat(afterMinutes(ALL, 5).outcome()).isEqualTo(Outcome.NOT_ENOUGH_EVIDENCE);
    }

    @Test
    void more_errors_are_a_regression_and_the_sentence_says_by_how_much() {
        candidate.errorRate = 0.1;
        Verdict verdict = afterMinutes(ALL, 3);
        assertThat(verdict.reverts()).isTrue();
        assertThat(of(verdict, Metric.ERROR_RATE).low()).isGreaterThan(0.005);
        assertThat(verdict.sentence())
                .matches("error rate is .*% against .*%, \\+.*pp \\(\\+.*pp to \\+.*pp\\), tolerated \\+0.5pp:"
                        + " regressed, at most 1 in 300 to be chance.*");
    }

    @Test
    void slower_requests_are_a_regression_of_latency_alone() {
        candidate.medianMs = control.medianMs * 1.6;
        both(s -> s.requestsPerSecond = 100);
        Verdict verdict = afterMinutes(ALL, 5);
        assertThat(of(verdict, Metric.P95_LATENCY).outcome()).isEqualTo(Outcome.REGRESSED);
        assertThat(of(verdict, Metric.ERROR_RATE).outcome()).isNotEqualTo(Outcome.REGRESSED);
    }

    @Test
    void dearer_requests_are_a_regression() {
        candidate.cpuMsPerRequest = control.cpuMsPerRequest * 1.6;
        both(s -> s.requestsPerSecond = 100);
        MetricVerdict cost = of(afterMinutes(ALL, 5), Metric.COST_PER_REQUEST);
        assertThat(cost.outcome()).as(cost.sentence()).isEqualTo(Outcome.REGRESSED);
        assertThat(cost.sentence()).contains("EUR per million");
    }

    @Test
    void a_better_candidate_is_healthy() {
        both(s -> s.requestsPerSecond = 100);
        candidate.errorRate = 0;
        candidate.medianMs = 40;
        candidate.cpuMsPerRequest = 5;
        assertThat(afterMinutes(ALL, 5).outcome()).isEqualTo(Outcome.HEALTHY);
    }

    @Test
    void trouble_on_both_arms_holds_instead_of_reverting() {
        both(s -> s.requestsPerSecond = 100);
        List<MetricWindow> windows = windows(0, 30);
        control.errorRate = 0.31;
        candidate.errorRate = 0.55;
        windows.addAll(windows(30, 60));
        Verdict verdict = Judge.look(ALL, windows, control.endOf(59));
        assertThat(verdict.outcome()).as(verdict.sentence()).isEqualTo(Outcome.REGRESSED);
        assertThat(verdict.commonCause()).isTrue();
        assertThat(verdict.reverts()).isFalse();
        assertThat(verdict.sentence()).contains("both revisions");
    }

    @Test
    void a_regression_after_hours_of_health_is_found_within_minutes() {
        Comparison comparison = new Comparison(spec(ERRORS), SimulatedService.START);
        int healthy = 4 * 360;
        windows(0, healthy).forEach(comparison::add);
        assertThat(comparison.reverts(control.endOf(healthy - 1))).isFalse();
        candidate.errorRate = 0.06;
        int i = healthy;
        do {
            windows(i, i + 1).forEach(comparison::add);
        } while (!comparison.reverts(control.endOf(i++)) && i < healthy + 200);
        assertThat(i - healthy).as("slots to detect").isLessThan(60);
        assertThat(comparison.look(control.endOf(i)).sentence()).contains("since 2026-11-23T");
    }

    @Test
    void no_data_never_passes() {
        Instant now = SimulatedService.START.plusSeconds(120);
        Verdict silent = Judge.look(ALL, SimulatedService.START, List.of(), now);
        assertThat(silent.outcome()).isEqualTo(Outcome.METRICS_BROKEN);
        assertThat(Judge.look(ALL, List.of(), now).outcome()).isEqualTo(Outcome.NOT_ENOUGH_EVIDENCE);
    }

    @Test
    void an_outage_of_the_metrics_is_said_and_neither_passes_nor_reverts() {
        both(s -> s.requestsPerSecond = 200);
        Verdict verdict = Judge.look(ALL, windows(0, 30), control.endOf(29).plusSeconds(180));
        assertThat(verdict.outcome()).isEqualTo(Outcome.METRICS_BROKEN);
        assertThat(verdict.reverts()).isFalse();
    }

    @Test
    void a_silent_candidate_is_broken_metrics() {
        List<MetricWindow> onlyControl =
                windows(0, 30).stream().filter(w -> w.arm() == Arm.CONTROL).toList();
        assertThat(Judge.look(ALL, onlyControl, control.endOf(29)).outcome()).isEqualTo(Outcome.METRICS_BROKEN);
    }

    @Test
    void impossible_windows_are_left_out_and_many_of_them_are_broken_metrics() {
        both(s -> s.requestsPerSecond = 200);
        List<MetricWindow> windows = windows(0, 30);
        windows.add(candidate.window(30, -4, 0, LatencyHistogram.EMPTY, 1));
        windows.add(candidate.window(31, 10, 11, LatencyHistogram.EMPTY, 1));
        windows.add(candidate.window(32, 10, 0, LatencyHistogram.EMPTY, Double.NaN));
        for (int i = 30; i < 33; i++) {
            windows.add(control.window(i));
        }
        Verdict few = Judge.look(ALL, windows, control.endOf(32));
        assertThat(few.windowsLeftOut()).isEqualTo(3);
        assertThat(few.outcome()).as(few.sentence()).isEqualTo(Outcome.HEALTHY);
        for (int i = 33; i < 41; i++) {
            windows.add(candidate.window(i, 10, 11, LatencyHistogram.EMPTY, 1));
            windows.add(control.window(i));
        }
        assertThat(Judge.look(ALL, windows, control.endOf(40)).outcome()).isEqualTo(Outcome.METRICS_BROKEN);
    }

    @Test
    void order_and_repetition_of_windows_change_nothing_but_the_count_left_out() {
        candidate.errorRate = 0.02;
        List<MetricWindow> windows = windows(0, 40);
        Verdict once = Judge.look(ALL, SimulatedService.START, windows, control.endOf(39));
        List<MetricWindow> shuffled = new ArrayList<>(windows);
        shuffled.addAll(windows.subList(10, 20));
        Collections.shuffle(shuffled, new Random(5));
        Verdict again = Judge.look(ALL, SimulatedService.START, shuffled, control.endOf(39));
        assertThat(again.metrics()).isEqualTo(once.metrics());
        assertThat(again.windowsUsed()).isEqualTo(once.windowsUsed());
        assertThat(again.windowsLeftOut()).isEqualTo(10);
    }

    @Test
    void windows_judged_one_by_one_give_the_same_verdict_as_all_at_once() {
        candidate.medianMs = 90;
        List<MetricWindow> windows = windows(0, 100);
        Comparison comparison = new Comparison(ALL, SimulatedService.START);
        for (int i = 0; i < 100; i++) {
            windows.subList(2 * i, 2 * i + 2).forEach(comparison::add);
            comparison.look(control.endOf(i));
        }
        assertThat(comparison.look(control.endOf(99)))
                .isEqualTo(Judge.look(ALL, SimulatedService.START, windows, control.endOf(99)));
    }

    @Test
    void a_second_host_that_reports_late_is_waited_for() {
        Comparison comparison = new Comparison(ALL, SimulatedService.START);
        for (int i = 0; i < 10; i++) {
            List<MetricWindow> first = windows(i, i + 1);
            first.forEach(comparison::add);
            if (i > 0) {
                comparison.look(control.endOf(i));
            }
            first.forEach(w -> comparison.add(onHost(w, "h2")));
        }
        Verdict verdict = comparison.look(control.endOf(9));
        assertThat(verdict.windowsLeftOut()).isZero();
        assertThat(of(verdict, Metric.ERROR_RATE).controlRequests())
                .isEqualTo(verdict.metrics().getFirst().controlRequests())
                .isGreaterThan(1500);
    }

    private static MetricWindow onHost(MetricWindow w, String host) {
        return w.at(w.arm(), new HostName(host), w.start());
    }

    @Test
    void arms_at_unequal_rates_are_compared_by_errors_only() {
        control.requestsPerSecond = 20;
        candidate.requestsPerSecond = 200;
        candidate.medianMs = 160;
        candidate.cpuMsPerRequest = 40;
        Verdict verdict = afterMinutes(ALL, 10);
        assertThat(verdict.reverts()).as(verdict.sentence()).isFalse();
        assertThat(of(verdict, Metric.P95_LATENCY).outcome()).isEqualTo(Outcome.NOT_ENOUGH_EVIDENCE);
        assertThat(of(verdict, Metric.COST_PER_REQUEST).sentence()).contains("requests/s each");
        candidate.errorRate = 0.1;
        assertThat(of(afterMinutes(ALL, 10), Metric.ERROR_RATE).outcome()).isEqualTo(Outcome.REGRESSED);
    }

    @Test
    void warm_up_windows_are_left_out_and_counted() {
        candidate.errorRate = 0.5;
        List<MetricWindow> windows = new ArrayList<>();
        windows(0, 12).forEach(w -> windows.add(warming(w)));
        candidate.errorRate = control.errorRate;
        windows.addAll(windows(12, 30));
        Verdict verdict = Judge.look(ALL, windows, control.endOf(29));
        assertThat(verdict.reverts()).isFalse();
        assertThat(verdict.windowsLeftOut()).isEqualTo(12);
        assertThat(verdict.sentence()).contains("12 warm-up windows left out");
    }

    @Test
    void hosts_whose_windows_are_some_milliseconds_longer_or_shorter_are_compared_at_the_same_times() {
        Random random = new Random(5);
        Map<Arm, Instant> clocks = new EnumMap<>(Arm.class);
        clocks.put(Arm.CONTROL, control.endOf(0));
        clocks.put(Arm.CANDIDATE, control.endOf(0).plusMillis(4321));
        List<MetricWindow> windows = new ArrayList<>();
        for (MetricWindow w : windows(0, 720)) {
            double seconds = 10 + (random.nextInt(13) - 2) / 1000.0;
            Instant start = Objects.requireNonNull(clocks.get(w.arm()));
            clocks.put(w.arm(), start.plusMillis(Math.round(seconds * 1000)));
            windows.add(new MetricWindow(
                    w.revision(),
                    w.arm(),
                    new HostName(w.arm() == Arm.CONTROL ? "h1" : "h2"),
                    start,
                    seconds,
                    w.requests(),
                    w.errors(),
                    w.latency(),
                    w.cpuSeconds(),
                    w.memoryByteSeconds(),
                    w.replicas(),
                    false));
        }
        windows.sort(Comparator.comparing(MetricWindow::start));
        Verdict verdict = Judge.look(ALL, windows, Objects.requireNonNull(clocks.get(Arm.CONTROL)));
        assertThat(verdict.outcome()).as(verdict.sentence()).isEqualTo(Outcome.HEALTHY);
        assertThat(verdict.windowsUsed()).isGreaterThan(700);
    }

    @Test
    void a_host_whose_agent_was_away_does_not_move_the_others_out_of_step() {
        List<MetricWindow> windows = new ArrayList<>();
        for (int i = 0; i < 720; i++) {
            windows.add(control.window(i));
            MetricWindow w = candidate.window(i);
            boolean restarted = i % 6 == 5;
            windows.add(restarted ? lasting(w, 3, w.start()) : w);
            if (restarted) {
                windows.add(lasting(w, 7, w.start().plusSeconds(3)));
            }
        }
        Verdict verdict = Judge.look(ALL, windows, control.endOf(719));
        assertThat(verdict.outcome()).as(verdict.sentence()).isEqualTo(Outcome.HEALTHY);
        assertThat(verdict.windowsUsed()).isEqualTo(720);
        assertThat(verdict.windowsLeftOut()).isZero();
    }

    @Test
    void agents_that_start_again_together_do_not_move_the_others_out_of_step() {
        int hosts = 6;
        List<MetricWindow> windows = new ArrayList<>();
        for (int i = 0; i < 360; i++) {
            for (int h = 0; h < hosts; h++) {
                for (MetricWindow w : windows(i, i + 1)) {
                    MetricWindow own = w.at(w.arm(), new HostName("h" + h), w.start());
                    boolean cut = i % 60 == 30;
                    windows.add(cut ? lasting(own, 3 + h * 0.1, w.start()) : own);
                    if (cut) {
                        windows.add(lasting(own, 7 - h * 0.1, w.start().plusMillis(3000 + 100L * h)));
                    }
                }
            }
        }
        Verdict verdict = Judge.look(ALL, windows, control.endOf(359));
        assertThat(verdict.windowsUsed()).isEqualTo(360);
        assertThat(verdict.windowsLeftOut()).isZero();
    }

    @Test
    void a_first_window_that_covers_half_an_hour_does_not_set_the_length_of_those_after_it() {
        Comparison comparison = new Comparison(ALL, SimulatedService.START);
        windows(0, 1).forEach(w -> comparison.add(lasting(w, 1800, w.start())));
        int slots = 0;
        for (int i = 180; i < 190; i++) {
            windows(i, i + 1).forEach(comparison::add);
            slots += comparison.advance(control.endOf(i)).size();
        }
        assertThat(slots).isGreaterThanOrEqualTo(4);
    }

    @Test
    void a_slot_is_not_closed_before_its_time_is_over() {
        Comparison comparison = new Comparison(ALL, SimulatedService.START);
        for (int i = 0; i < 60; i++) {
            // An agent that is told something new cuts at once, and looks come at any time.
            for (MetricWindow w : windows(i, i + 1)) {
                comparison.add(lasting(w, 4, w.start()));
            }
            comparison.look(control.endOf(i).minusSeconds(3));
            for (MetricWindow w : windows(i, i + 1)) {
                comparison.add(lasting(w, 6, control.endOf(i).minusSeconds(6)));
            }
        }
        assertThat(comparison.look(control.endOf(59)).windowsLeftOut()).isZero();
    }

    static MetricWindow lasting(MetricWindow w, double seconds, Instant start) {
        return new MetricWindow(
                w.revision(),
                w.arm(),
                w.host(),
                start,
                seconds,
                w.requests() / 2,
                w.errors() / 2,
                w.latency(),
                w.cpuSeconds() / 2,
                w.memoryByteSeconds() / 2,
                w.replicas(),
                false);
    }

    @Test
    void what_was_healthy_is_not_called_so_while_replicas_start_again_and_again() {
        List<MetricWindow> windows = new ArrayList<>(windows(0, 720));
        assertThat(Judge.look(ALL, windows, control.endOf(719)).outcome()).isEqualTo(Outcome.HEALTHY);
        for (int i = 720; i < 750; i++) {
            boolean judged = i % 5 == 0;
            windows(i, i + 1).forEach(w -> windows.add(judged ? w : warming(w)));
        }
        Verdict restarting = Judge.look(ALL, windows, control.endOf(749));
        assertThat(restarting.outcome()).as(restarting.sentence()).isEqualTo(Outcome.NOT_ENOUGH_EVIDENCE);
        assertThat(restarting.sentence()).startsWith("24 of the last 30 windows are of replicas that had just started");
        windows.addAll(windows(750, 770));
        assertThat(Judge.look(ALL, windows, control.endOf(769)).outcome()).isEqualTo(Outcome.HEALTHY);
    }

    private static MetricWindow warming(MetricWindow w) {
        return new MetricWindow(
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
                true);
    }

    @Test
    void a_bound_must_be_broken_for_the_declared_time() {
        JudgeSpec spec = spec(new StopCondition.Above(Metric.ERROR_RATE, 0.05, Duration.ofMinutes(2)));
        candidate.errorRate = 0.2;
        both(s -> s.requestsPerSecond = 100);
        List<MetricWindow> windows = windows(0, 13);
        assertThat(Judge.look(spec, windows.subList(0, 22), control.endOf(10)).reverts())
                .isFalse();
        assertThat(Judge.look(spec, windows, control.endOf(12)).reverts()).isTrue();
        control.errorRate = 0.2;
        Verdict common = Judge.look(spec, windows(0, 13), control.endOf(12));
        assertThat(common.commonCause()).isTrue();
        assertThat(common.reverts()).isFalse();
    }

    @Test
    void without_a_control_only_absolute_conditions_are_judged() {
        JudgeSpec first = new JudgeSpec(List.of(P95, ERRORS), ALL.prices(), 0.01, 500, false);
        List<MetricWindow> alone =
                windows(0, 60).stream().filter(w -> w.arm() == Arm.CANDIDATE).toList();
        Verdict verdict = Judge.look(first, alone, control.endOf(59));
        assertThat(verdict.outcome()).isEqualTo(Outcome.HEALTHY);
        assertThat(verdict.sentence()).contains("no control to compare with");
        assertThat(of(verdict, Metric.P95_LATENCY).sentence()).contains("no control");
    }

    @Test
    void a_coarse_histogram_is_said_to_be_too_coarse() {
        List<MetricWindow> windows = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            windows.add(control.window(i, 1000, 3, LatencyHistogram.EMPTY, 1));
            windows.add(candidate.window(i, 1000, 3, LatencyHistogram.EMPTY, 1));
        }
        MetricVerdict p95 = of(Judge.look(ALL, windows, control.endOf(29)), Metric.P95_LATENCY);
        assertThat(p95.outcome()).isEqualTo(Outcome.NOT_ENOUGH_EVIDENCE);
        assertThat(p95.sentence()).contains("resolution");
    }
}

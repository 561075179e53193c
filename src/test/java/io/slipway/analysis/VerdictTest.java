package io.slipway.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.release.Metric;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final MetricVerdict ERRORS =
            finding(Metric.ERROR_RATE, 0, 0.0196, 0.0196, 0.015, "error rate is 1.96% against 0%");
    private static final MetricVerdict LATENCY =
            finding(Metric.P95_LATENCY, 40, 50, 0.25, 0.3, "p95 is 50 ms against 40 ms");

    @Test
    void without_evidence_the_line_has_each_difference_in_place_of_each_finding() {
        assertThat(verdict(Outcome.NOT_ENOUGH_EVIDENCE, List.of(ERRORS, LATENCY))
                        .inBrief())
                .isEqualTo("not enough evidence yet on 255 (control) and 562 (candidate) requests:"
                        + " error rate +1.96pp (tolerated +1.5pp), p95 +25% (tolerated +30%)");
    }

    @Test
    void an_absolute_bound_is_not_said_as_a_difference() {
        MetricVerdict bound = new MetricVerdict(
                Metric.P95_LATENCY,
                Outcome.NOT_ENOUGH_EVIDENCE,
                40,
                50,
                50,
                50,
                50,
                400,
                0,
                255,
                562,
                "p95 is 50 ms against a bound of 400 ms");
        assertThat(verdict(Outcome.NOT_ENOUGH_EVIDENCE, List.of(ERRORS, bound)).inBrief())
                .endsWith(": error rate +1.96pp (tolerated +1.5pp), p95 is 50 ms against a bound of 400 ms");
    }

    @Test
    void a_finding_is_said_in_full() {
        Verdict regressed = verdict(Outcome.REGRESSED, List.of(ERRORS, LATENCY));
        Verdict single = verdict(Outcome.NOT_ENOUGH_EVIDENCE, List.of(LATENCY));

        assertThat(regressed.inBrief()).isEqualTo(regressed.sentence());
        assertThat(single.inBrief()).isEqualTo(single.sentence());
    }

    private static Verdict verdict(Outcome outcome, List<MetricVerdict> metrics) {
        String sentence = metrics.stream().map(MetricVerdict::sentence).collect(Collectors.joining("; "));
        return new Verdict(Instant.EPOCH, outcome, false, metrics, 10, 2, sentence, "judge-1");
    }

    private static MetricVerdict finding(
            Metric metric, double control, double candidate, double estimate, double margin, String sentence) {
        return new MetricVerdict(
                metric,
                Outcome.NOT_ENOUGH_EVIDENCE,
                control,
                candidate,
                estimate,
                estimate - 1,
                estimate + 1,
                margin,
                0.003,
                255,
                562,
                sentence);
    }
}

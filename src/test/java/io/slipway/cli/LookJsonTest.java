package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.analysis.MetricVerdict;
import io.slipway.analysis.Outcome;
import io.slipway.analysis.Verdict;
import io.slipway.release.Metric;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LookJsonTest {
    private static final String ODD = "a \"quote\", a \\, a /,\na line, ü and 漢";

    private static MetricVerdict metric(double low, double high, String sentence) {
        return new MetricVerdict(
                Metric.P95_LATENCY,
                Outcome.HEALTHY,
                1.1114926282390456E-7,
                200,
                -0.0,
                low,
                high,
                0.1,
                0.01,
                7,
                8,
                sentence);
    }

    @Test
    void a_parser_reads_what_was_said() {
        Verdict verdict = new Verdict(
                Instant.parse("2026-11-23T10:00:10Z"),
                Outcome.HEALTHY,
                false,
                List.of(metric(Double.NaN, Double.POSITIVE_INFINITY, ODD), metric(1e300, 2, "plain")),
                10,
                2,
                ODD,
                "judge-0");
        String line = LookJson.of(verdict);
        assertThat(line).doesNotContain("\n");
        JsonNode look = JsonMapper.shared().readTree(line);
        assertThat(look.propertyNames())
                .containsExactly(
                        "t",
                        "outcome",
                        "revert",
                        "commonCause",
                        "metrics",
                        "windowsUsed",
                        "windowsLeftOut",
                        "sentence",
                        "version");
        assertThat(look.path("t").asString()).isEqualTo("2026-11-23T10:00:10Z");
        assertThat(look.path("sentence").asString()).isEqualTo(ODD);
        JsonNode first = look.path("metrics").path("p95_latency");
        assertThat(first.path("control").asDouble()).isEqualTo(1.1114926282390456E-7);
        assertThat(first.path("low").isNull()).isTrue();
        assertThat(first.path("high").isNull()).isTrue();
        assertThat(first.path("sentence").asString()).isEqualTo(ODD);
        assertThat(look.path("metrics").path("p95_latency_2").path("low").asDouble())
                .isEqualTo(1e300);
    }
}

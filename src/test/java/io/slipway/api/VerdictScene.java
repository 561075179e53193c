package io.slipway.api;

import io.slipway.analysis.MetricVerdict;
import io.slipway.analysis.Outcome;
import io.slipway.analysis.Verdict;
import io.slipway.release.Metric;
import java.time.Instant;
import java.util.List;

/** Verdicts over three stop conditions. */
final class VerdictScene {
    private VerdictScene() {}

    static Verdict of(
            Outcome p95, double control, double candidate, double estimate, double low, double high, Outcome errors) {
        double errorEstimate = errors == Outcome.REGRESSED ? 0.018 : 0.0003;
        return all(
                errors == Outcome.REGRESSED || p95 == Outcome.REGRESSED ? Outcome.REGRESSED : p95,
                List.of(
                        new MetricVerdict(
                                Metric.P95_LATENCY,
                                p95,
                                control,
                                candidate,
                                estimate,
                                low,
                                high,
                                0.10,
                                0.001,
                                4012,
                                3987,
                                "p95 is " + candidate + " ms against " + control + " ms"),
                        new MetricVerdict(
                                Metric.ERROR_RATE,
                                errors,
                                0.003,
                                0.003 + errorEstimate,
                                errorEstimate,
                                errorEstimate - 0.004,
                                errorEstimate + 0.004,
                                0.005,
                                0.001,
                                4012,
                                3987,
                                "error rate is " + Math.round((0.003 + errorEstimate) * 1e4) / 100.0
                                        + "% against 0.3%"),
                        new MetricVerdict(
                                Metric.COST_PER_REQUEST,
                                Outcome.HEALTHY,
                                0.0000121,
                                0.0000124,
                                0.025,
                                -0.01,
                                0.06,
                                0.15,
                                0.001,
                                4012,
                                3987,
                                "cost per request is 12.4 EUR per million against 12.1 EUR per million, +2.5% (-1% to +6%), tolerated +15%: healthy, at most 1 in 20 to be wrong")));
    }

    private static Verdict all(Outcome all, List<MetricVerdict> metrics) {
        return new Verdict(
                Instant.now().minusSeconds(20), all, false, metrics, 212, 6, "judged on 212 windows of both arms", "1");
    }
}

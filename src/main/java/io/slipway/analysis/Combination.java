package io.slipway.analysis;

import java.util.List;
import java.util.stream.Collectors;

/** One outcome from those of all conditions. */
final class Combination {
    private Combination() {}

    /** Harm first, then doubt about the data; healthy only if everything is. */
    static Outcome of(List<MetricVerdict> judged, boolean metricsBroken, boolean enoughRequests, boolean commonCause) {
        if (judged.stream().anyMatch(v -> v.outcome() == Outcome.REGRESSED)) {
            return Outcome.REGRESSED;
        }
        if (metricsBroken) {
            return Outcome.METRICS_BROKEN;
        }
        boolean healthy = judged.stream().allMatch(v -> v.outcome() == Outcome.HEALTHY);
        return healthy && enoughRequests && !commonCause ? Outcome.HEALTHY : Outcome.NOT_ENOUGH_EVIDENCE;
    }

    /** The conditions that decided. */
    static String sentence(Outcome outcome, List<MetricVerdict> judged) {
        List<MetricVerdict> deciding =
                judged.stream().filter(v -> v.outcome() == outcome).toList();
        return (deciding.isEmpty() ? judged : deciding)
                .stream().map(MetricVerdict::sentence).collect(Collectors.joining("; "));
    }
}

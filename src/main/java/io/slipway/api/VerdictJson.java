package io.slipway.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.slipway.analysis.MetricVerdict;
import io.slipway.analysis.Verdict;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The judge's last look. Shares are 0 to 1, latencies ms, costs in the price list's currency; absent where there is no value. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record VerdictJson(
        Instant at,
        String outcome,
        boolean commonCause,
        int windowsUsed,
        int windowsLeftOut,
        String sentence,
        String judge) {
    static VerdictJson of(Verdict v) {
        return new VerdictJson(
                v.at(),
                v.outcome().label(),
                v.commonCause(),
                v.windowsUsed(),
                v.windowsLeftOut(),
                v.sentence(),
                v.version());
    }

    /**
     * One stop condition. {@code low} and {@code high} bound the estimate; {@code margin} is what was declared tolerable. With an alpha of 0 it is an absolute bound. Where there is no verdict yet,
     * {@code detectable} is the smallest difference beyond the margin that could be told by now, and {@code secondsToVerdict} when there may be one.
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record MetricJson(
            String metric,
            String outcome,
            @Nullable Double control,
            @Nullable Double candidate,
            @Nullable Double estimate,
            @Nullable Double low,
            @Nullable Double high,
            @Nullable Double margin,
            @Nullable Double alpha,
            @Nullable Double detectable,
            @Nullable Double secondsToVerdict,
            long controlRequests,
            long candidateRequests,
            String sentence) {
        static List<MetricJson> of(Verdict verdict) {
            return verdict.metrics().stream().map(MetricJson::of).toList();
        }

        private static MetricJson of(MetricVerdict m) {
            return new MetricJson(
                    m.metric().label(),
                    m.outcome().label(),
                    finite(m.control()),
                    finite(m.candidate()),
                    finite(m.estimate()),
                    finite(m.low()),
                    finite(m.high()),
                    finite(m.margin()),
                    finite(m.alpha()),
                    m.outlook() == null ? null : finite(m.outlook().detectable()),
                    m.outlook() == null ? null : finite(m.outlook().secondsToVerdict()),
                    m.controlRequests(),
                    m.candidateRequests(),
                    m.sentence());
        }
    }

    /** JSON has no NaN and no infinity. */
    static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}

package io.slipway.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.slipway.control.Views.SeriesPoint;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What one arm did in one interval. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SeriesJson(
        Instant start,
        double seconds,
        String arm,
        int revision,
        long requests,
        long errors,
        @Nullable Double p50LatencyMs,
        @Nullable Double p95LatencyMs,
        @Nullable Double p99LatencyMs,
        @Nullable Double costPerRequest,
        double cpuSeconds,
        double memoryByteSeconds,
        double egressBytes,
        int replicas) {
    static SeriesJson of(SeriesPoint p) {
        return new SeriesJson(
                p.start(),
                p.seconds(),
                p.arm().name().toLowerCase(java.util.Locale.ROOT),
                p.revision().number(),
                p.requests(),
                p.errors(),
                VerdictJson.finite(p.latency().quantileMs(0.5)),
                VerdictJson.finite(p.latency().quantileMs(0.95)),
                VerdictJson.finite(p.latency().quantileMs(0.99)),
                VerdictJson.finite(p.costPerRequest()),
                p.cpuSeconds(),
                p.memoryByteSeconds(),
                p.egressBytes(),
                p.replicas());
    }
}

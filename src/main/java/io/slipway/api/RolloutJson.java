package io.slipway.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.slipway.base.Reason;
import io.slipway.base.RevisionId;
import io.slipway.control.Views.RolloutView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A rollout.
 *
 * @param outcome how it ended; absent before
 * @param weights revision label to percent of the traffic, as the edge was last told
 * @param metrics one per stop condition, of the last look
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RolloutJson(
        String id,
        String release,
        String service,
        int revision,
        @Nullable Integer stable,
        String state,
        @Nullable String outcome,
        long version,
        Reason reason,
        @Nullable String waitingFor,
        @Nullable StepJson step,
        Map<String, Double> weights,
        Map<String, Instant> milestones,
        Map<String, Instant> deadlines,
        @Nullable VerdictJson verdict,
        List<VerdictJson.MetricJson> metrics,
        String owner,
        String channel,
        Instant createdAt,
        Instant updatedAt) {
    private static final double BASIS_POINTS_PER_PERCENT = 100;

    static RolloutJson of(RolloutView v) {
        Map<String, Double> weights = new TreeMap<>();
        v.weights()
                .forEach((revision, weight) ->
                        weights.put(revision.label(), weight.basisPoints() / BASIS_POINTS_PER_PERCENT));
        return new RolloutJson(
                v.id().value(),
                v.release(),
                v.revision().service().value(),
                v.revision().number(),
                v.stable().map(RevisionId::number).orElse(null),
                v.state().label(),
                v.state().isOver() ? v.state().label() : null,
                v.version(),
                v.reason(),
                v.waitingFor().orElse(null),
                StepJson.of(v).orElse(null),
                weights,
                new TreeMap<>(v.milestones()),
                new TreeMap<>(v.deadlines()),
                v.verdict().map(VerdictJson::of).orElse(null),
                v.verdict().map(VerdictJson.MetricJson::of).orElse(List.of()),
                v.owner(),
                v.spec().release().channel(),
                v.createdAt(),
                v.updatedAt());
    }
}

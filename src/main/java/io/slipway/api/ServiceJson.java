package io.slipway.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.slipway.base.Reason;
import io.slipway.base.RevisionId;
import io.slipway.control.Costs;
import io.slipway.control.Views.RevisionView;
import io.slipway.control.Views.ServiceView;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A service.
 *
 * @param held why it takes no releases; absent when it does
 * @param active the rollout that is not over
 * @param sentence its state in words
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ServiceJson(
        String name,
        @Nullable Integer stable,
        @Nullable Reason held,
        @Nullable RolloutJson active,
        @Nullable RolloutJson latest,
        String owner,
        String sentence) {
    static ServiceJson of(ServiceView v) {
        return new ServiceJson(
                v.name().value(),
                v.stable().map(RevisionId::number).orElse(null),
                v.held().orElse(null),
                v.active().map(RolloutJson::of).orElse(null),
                v.latest().map(RolloutJson::of).orElse(null),
                v.owner(),
                v.sentence());
    }

    /** A revision of a service. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record RevisionJson(
            int revision, String image, @Nullable String digest, Instant createdAt, String createdBy) {
        static RevisionJson of(RevisionView v) {
            return new RevisionJson(v.id().number(), v.image(), v.digest().orElse(null), v.createdAt(), v.createdBy());
        }
    }

    /**
     * What a service cost over the last day.
     *
     * @param perMonth if it goes on so; absent where it ran for less than three hours
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record CostsJson(
            String currency, double cost, @Nullable Double perMonth, List<RevisionCostJson> revisions) {
        static CostsJson of(Costs c) {
            return new CostsJson(
                    c.currency(),
                    c.cost(),
                    c.perMonth().orElse(null),
                    c.revisions().stream().map(RevisionCostJson::of).toList());
        }
    }

    /** The same of one revision; {@code perThousand} requests. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record RevisionCostJson(
            int revision,
            long requests,
            double cost,
            double seconds,
            @Nullable Double perThousand,
            @Nullable Double perMonth) {
        static RevisionCostJson of(Costs.OfRevision c) {
            return new RevisionCostJson(
                    c.revision().number(),
                    c.requests(),
                    c.cost(),
                    c.seconds(),
                    c.perThousand().orElse(null),
                    c.perMonth().orElse(null));
        }
    }
}

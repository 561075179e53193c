package io.slipway.dashboard;

import io.slipway.control.Costs;
import io.slipway.control.Views.RevisionView;
import io.slipway.control.Views.ServiceView;
import java.time.Instant;
import java.util.Optional;

/**
 * A revision as one line of a list.
 *
 * @param digest its first twelve digits; empty without one
 * @param role {@code stable}, {@code rolling} or empty
 * @param perThousand cost of a thousand requests over the last day
 * @param perMonth cost of a month at the last day's rate
 */
record RevisionLine(
        String label,
        String image,
        String digest,
        String role,
        String perThousand,
        String perMonth,
        String by,
        Moment at) {
    private static final int DIGEST_SHOWN = "sha256:".length() + 12;

    static RevisionLine of(RevisionView r, ServiceView service, Costs costs, Instant now) {
        Optional<Costs.OfRevision> cost = costs.revisions().stream()
                .filter(c -> c.revision().equals(r.id()))
                .findFirst();
        boolean stable = service.stable().filter(r.id()::equals).isPresent();
        boolean rolling =
                service.active().filter(a -> a.revision().equals(r.id())).isPresent();
        return new RevisionLine(
                r.id().label(),
                r.image(),
                r.digest()
                        .map(d -> d.substring(0, Math.min(d.length(), DIGEST_SHOWN)))
                        .orElse(""),
                stable ? "stable" : rolling ? "rolling" : "",
                Figures.amount(cost.flatMap(Costs.OfRevision::perThousand)),
                Figures.amount(cost.flatMap(Costs.OfRevision::perMonth)),
                r.createdBy(),
                Moment.of(r.createdAt(), now));
    }
}

package io.slipway.control;

import io.slipway.analysis.Verdict;
import io.slipway.base.Reason;
import io.slipway.base.ServiceName;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Three services in trouble within five minutes: something that they share broke, and reverting them one by one would not mend it. Automatic reverts are
 * held for all until fewer are in trouble; people are told once.
 */
final class FleetHold {
    private static final int SERVICES = 3;
    private static final Duration TOGETHER = Duration.ofMinutes(5);

    private final FleetHolds holds;
    /** After a start one may be on. */
    private boolean mayBeOn = true;

    private Set<ServiceName> troubled = Set.of();

    FleetHold(FleetHolds holds) {
        this.holds = holds;
    }

    /** Whether there is anything to be asked. */
    boolean concerns(Collection<Verdict> verdicts) {
        return mayBeOn || verdicts.stream().anyMatch(FleetHold::isTrouble);
    }

    static boolean isTrouble(Verdict verdict) {
        return verdict.reverts() || verdict.commonCause();
    }

    /** Why automatic reverts are held, once these looks are known too. */
    Optional<Reason> with(Map<Rollout, Verdict> seen, Instant now) {
        Set<ServiceName> services = new TreeSet<>(Comparator.comparing(ServiceName::value));
        seen.forEach((rollout, verdict) -> {
            if (isTrouble(verdict)) {
                services.add(rollout.service());
            }
        });
        services.addAll(holds.troubledSince(now.minus(TOGETHER)));
        troubled = services;
        boolean on = services.size() >= SERVICES;
        if (!on && mayBeOn) {
            holds.end(now);
        }
        mayBeOn = on;
        return on ? Optional.of(reason(services)) : Optional.empty();
    }

    /** Whether people are to be told: once for each hold. */
    boolean tell(Instant now) {
        return holds.begin(troubled, now);
    }

    private static Reason reason(Set<ServiceName> services) {
        String names = services.stream().map(ServiceName::value).collect(Collectors.joining(", "));
        return new Reason(
                "fleet-hold",
                services.size() + " services got into trouble within " + TOGETHER.toMinutes() + " minutes (" + names
                        + "): hardly this release's doing, so nothing is reverted by itself until fewer are in trouble;"
                        + " look at what they share, or revert by hand");
    }
}

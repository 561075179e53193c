package io.slipway.control;

import io.slipway.analysis.Comparison;
import io.slipway.analysis.JudgeSpec;
import io.slipway.analysis.Prices;
import io.slipway.analysis.Verdict;
import io.slipway.base.Arm;
import io.slipway.base.Epoch;
import io.slipway.base.MetricWindow;
import io.slipway.base.RolloutId;
import io.slipway.release.ReleaseSpec;
import io.slipway.release.Step;
import io.slipway.rollout.RolloutEvent;
import io.slipway.rollout.RolloutState;
import io.slipway.rollout.RolloutState.Gating;
import io.slipway.rollout.RolloutState.Watching;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks at both arms of every rollout that is compared, at a fixed interval. A comparison in memory only saves reading windows again: after a
 * restart it is made anew from the rows, with the same verdict.
 */
public final class JudgeLoop {
    /** Windows later than this are left out by the judge anyway. */
    private static final Duration LATE_MAX = Duration.ofMinutes(2);

    private static final long MIN_REQUESTS = 100;
    private final Transactions transactions;
    private final Lease lease;
    private final RolloutStore rollouts;
    private final FleetStore fleet;
    private final MetricSource metrics;
    private final Prices prices;
    private final Duration interval;
    private final Map<RolloutId, Look> looks = new HashMap<>();

    public JudgeLoop(
            Transactions transactions,
            Lease lease,
            RolloutStore rollouts,
            FleetStore fleet,
            MetricSource metrics,
            Prices prices,
            Duration interval) {
        this.transactions = transactions;
        this.lease = lease;
        this.rollouts = rollouts;
        this.fleet = fleet;
        this.metrics = metrics;
        this.prices = prices;
        this.interval = interval;
    }

    /** Looks where a look is due; returns at how many. */
    public int run(Epoch epoch) {
        Instant now = rollouts.now();
        List<Rollout> compared = rollouts.active().stream()
                .filter(r -> r.comparedSince().isPresent() && ComparedStretch.compares(r.state()))
                .filter(r -> !r.spec().release().stopConditions().isEmpty())
                .toList();
        looks.keySet().retainAll(compared.stream().map(Rollout::id).collect(Collectors.toSet()));
        List<Rollout> due = compared.stream().filter(r -> isDue(r, now)).toList();
        Set<RolloutId> controlled = due.isEmpty() ? Set.of() : withControl();
        due.forEach(r -> look(r, controlled.contains(r.id()), epoch, now));
        return due.size();
    }

    private boolean isDue(Rollout rollout, Instant now) {
        return rollout.lookedAt().isEmpty()
                || !rollout.lookedAt().get().plus(interval).isAfter(now);
    }

    private Set<RolloutId> withControl() {
        return fleet.aims().stream()
                .filter(aim -> aim.target().arms().stream()
                        .anyMatch(
                                arm -> arm.arm() == Arm.CONTROL && arm.weight().basisPoints() > 0))
                .map(FleetStore.Aim::rollout)
                .collect(Collectors.toSet());
    }

    private void look(Rollout rollout, boolean control, Epoch epoch, Instant now) {
        Instant since = rollout.comparedSince().orElseThrow();
        JudgeSpec spec = new JudgeSpec(
                rollout.spec().release().stopConditions(),
                prices,
                JudgeSpec.DEFAULT_ALPHA,
                minRequests(rollout.state(), rollout.spec()),
                control);
        Look look = looks.compute(
                rollout.id(), (id, known) -> known != null && known.of(spec, since) ? known : new Look(spec, since));
        read(look, rollout, now);
        Verdict verdict = look.comparison.look(now);
        transactions.inOne(() -> {
            lease.assertCurrent(epoch);
            rollouts.lock(rollout.id())
                    .filter(r -> r.version() == rollout.version())
                    .ifPresent(r -> store(look, r, verdict));
            return true;
        });
    }

    private void read(Look look, Rollout rollout, Instant now) {
        Instant from = look.readTo.isAfter(look.since) ? look.readTo.minus(LATE_MAX) : look.since;
        Instant first = from.isBefore(look.since) ? look.since : from;
        metrics.windows(rollout.revision(), Arm.CANDIDATE, first, now).forEach(look::add);
        rollout.stable()
                .ifPresent(stable ->
                        metrics.windows(stable, Arm.CONTROL, first, now).forEach(look::add));
        look.forgetBefore(first);
        look.readTo = now;
    }

    /** The row holds every verdict; an event is made only of one that the machine has not heard in this version of the rollout. */
    private void store(Look look, Rollout rollout, Verdict verdict) {
        rollouts.looked(rollout.id(), verdict);
        if (look.isNews(rollout, verdict) || closes(rollout.state(), verdict.at())) {
            rollouts.append(rollout.id(), new RolloutEvent.Judged(verdict), verdict.at());
            look.told(rollout, verdict);
        }
    }

    /** The last look before a deadline is always an event. */
    private boolean closes(RolloutState state, Instant now) {
        Instant soon = now.plus(interval);
        return switch (state) {
            case Gating g -> !g.deadline().isAfter(soon);
            case Watching w -> !w.deadline().isAfter(soon);
            default -> false;
        };
    }

    /** A gate's own number; else the largest that the plan's gates ask for. */
    private static long minRequests(RolloutState state, ReleaseSpec spec) {
        if (state instanceof Gating gating && spec.release().steps().get(gating.step()) instanceof Step.Gate gate) {
            return gate.minRequests();
        }
        return spec.release().steps().stream()
                .mapToLong(step -> step instanceof Step.Gate gate ? gate.minRequests() : 0)
                .filter(requests -> requests > 0)
                .max()
                .orElse(MIN_REQUESTS);
    }

    /** What is known of one rollout's comparison. */
    private static final class Look {
        private final JudgeSpec spec;
        private final Instant since;
        private final Comparison comparison;
        private final Map<Object, Instant> seen = new HashMap<>();
        private Instant readTo = Instant.MIN;
        private String toldOutcome = "";
        private long toldVersion = -1;

        private record Key(Object revision, Arm arm, Object host, Instant start) {}

        Look(JudgeSpec spec, Instant since) {
            this.spec = spec;
            this.since = since;
            this.comparison = new Comparison(spec, since);
        }

        boolean of(JudgeSpec otherSpec, Instant otherSince) {
            return spec.equals(otherSpec) && since.equals(otherSince);
        }

        void add(MetricWindow window) {
            Key key = new Key(window.revision(), window.arm(), window.host(), window.start());
            if (seen.putIfAbsent(key, window.start()) == null) {
                comparison.add(window);
            }
        }

        void forgetBefore(Instant limit) {
            seen.values().removeIf(start -> start.isBefore(limit));
        }

        boolean isNews(Rollout rollout, Verdict verdict) {
            return verdict.reverts()
                    || rollout.version() != toldVersion
                    || !outcome(verdict).equals(toldOutcome);
        }

        void told(Rollout rollout, Verdict verdict) {
            toldVersion = rollout.version();
            toldOutcome = outcome(verdict);
        }

        private static String outcome(Verdict verdict) {
            return verdict.outcome() + (verdict.commonCause() ? " common" : "");
        }
    }
}

package io.slipway.control;

import io.slipway.analysis.JudgeSpec;
import io.slipway.analysis.MetricVerdict;
import io.slipway.analysis.Prices;
import io.slipway.analysis.Verdict;
import io.slipway.base.Arm;
import io.slipway.base.Epoch;
import io.slipway.base.Reason;
import io.slipway.base.RevisionId;
import io.slipway.base.RolloutId;
import io.slipway.release.ReleaseSpec;
import io.slipway.release.Step;
import io.slipway.release.StopCondition;
import io.slipway.rollout.RolloutEvent;
import io.slipway.rollout.RolloutState;
import io.slipway.rollout.RolloutState.Gating;
import io.slipway.rollout.RolloutState.Watching;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at both arms of every rollout that is compared, at a fixed interval. A comparison in memory only saves reading windows again: after a
 * restart it is made anew from the rows, with the same verdict.
 */
public final class JudgeLoop {
    /** Windows later than this are left out by the judge anyway. */
    private static final Duration LATE_MAX = Duration.ofMinutes(2);

    private static final long MIN_REQUESTS = 100;
    private static final Logger LOG = LoggerFactory.getLogger(JudgeLoop.class);
    private final Transactions transactions;
    private final Lease lease;
    private final RolloutStore rollouts;
    private final FleetStore fleet;
    private final JudgeInputs inputs;
    private final Prices prices;
    private final Duration interval;
    private final FleetHold hold;
    private final Map<RolloutId, Look> looks = new HashMap<>();
    /** Of those without a control, beside the day before. */
    private final Map<RolloutId, Look> seasons = new HashMap<>();

    private final Failures failing = new Failures();
    private final Failures failingSeasons = new Failures();

    public JudgeLoop(
            Transactions transactions,
            Lease lease,
            RolloutStore rollouts,
            FleetStore fleet,
            FleetHolds holds,
            MetricSource metrics,
            OwnSeriesStore series,
            Prices prices,
            Duration interval) {
        this.transactions = transactions;
        this.lease = lease;
        this.rollouts = rollouts;
        this.fleet = fleet;
        this.inputs = new JudgeInputs(metrics, series);
        this.prices = prices;
        this.interval = interval;
        this.hold = new FleetHold(holds);
    }

    /** Looks where a look is due; returns at how many. */
    public int run(Epoch epoch) {
        Instant now = rollouts.now();
        List<Rollout> compared = rollouts.active().stream()
                .filter(r -> r.comparedSince().isPresent() && ComparedStretch.compares(r.state()))
                .filter(r -> !r.spec().release().stopConditions().isEmpty())
                .toList();
        Set<RolloutId> ids = compared.stream().map(Rollout::id).collect(Collectors.toSet());
        looks.keySet().retainAll(ids);
        seasons.keySet().retainAll(ids);
        failing.retain(ids);
        failingSeasons.retain(ids);
        List<Rollout> due = compared.stream().filter(r -> isDue(r, now)).toList();
        Set<RolloutId> controlled = due.isEmpty() ? Set.of() : withControl();
        Map<Rollout, Verdict> seen = new LinkedHashMap<>();
        due.forEach(r -> seen.put(r, look(r, controlled.contains(r.id()), now)));
        Optional<Reason> held = hold.concerns(seen.values())
                ? transactions.inOne(() -> {
                    lease.assertCurrent(epoch);
                    return hold.with(seen, now);
                })
                : Optional.empty();
        seen.forEach((rollout, verdict) -> store(rollout, verdict, held, epoch));
        return due.size();
    }

    private boolean isDue(Rollout rollout, Instant now) {
        return rollout.lookedAt()
                .filter(last -> !last.isBefore(at(rollout, now)))
                .isEmpty();
    }

    private Instant at(Rollout rollout, Instant now) {
        return Look.at(rollout.comparedSince().orElseThrow(), interval, now);
    }

    private Set<RolloutId> withControl() {
        return fleet.aims().stream()
                .filter(aim -> aim.target().arms().stream()
                        .anyMatch(
                                arm -> arm.arm() == Arm.CONTROL && arm.weight().basisPoints() > 0))
                .map(FleetStore.Aim::rollout)
                .collect(Collectors.toSet());
    }

    private Verdict look(Rollout rollout, boolean control, Instant now) {
        Look look = look(looks, rollout, spec(rollout, rollout.spec().release().stopConditions(), control));
        Instant at = at(rollout, now);
        Optional<String> waiting = failing.waiting(rollout.id(), at);
        if (waiting.isPresent()) {
            return Verdict.failed(at, waiting.get());
        }
        Verdict verdict;
        try {
            verdict = look.verdict(inputs.of(rollout, look.readFrom(), at), at);
        } catch (RuntimeException e) {
            failed(failing, rollout, at, "judging it failed, so it is held", e);
            looks.put(rollout.id(), look.anew());
            return Verdict.failed(at, String.valueOf(e));
        }
        failing.remove(rollout.id());
        return control || rollout.stable().isEmpty()
                ? verdict
                : verdict.beside(seasonal(rollout, rollout.stable().get(), at));
    }

    /** What cannot be read or judged of one service must not keep the judge from the others. */
    private void failed(Failures failures, Rollout rollout, Instant at, String what, RuntimeException e) {
        // Where the database is away this fails as well, and ends the turn.
        rollouts.now();
        if (failures.add(rollout.id(), at, interval, String.valueOf(e))) {
            LOG.error("rollout {}: {}; it is tried again", rollout.id(), what, e);
        }
    }

    /** Without a control, relative conditions are shown against the day before. */
    private List<MetricVerdict> seasonal(Rollout rollout, RevisionId stable, Instant at) {
        List<StopCondition> relative = rollout.spec().release().stopConditions().stream()
                .filter(StopCondition.Regresses.class::isInstance)
                .toList();
        if (relative.isEmpty() || failingSeasons.waiting(rollout.id(), at).isPresent()) {
            return List.of();
        }
        Look look = look(seasons, rollout, spec(rollout, relative, true));
        try {
            // Without the rows of what is judged always: they are the candidate's own, and in the verdict already.
            List<MetricVerdict> shown = look.verdict(inputs.seasonal(rollout, stable, look.readFrom(), at), at)
                    .metrics()
                    .subList(0, relative.size());
            failingSeasons.remove(rollout.id());
            return shown;
        } catch (RuntimeException e) {
            failed(failingSeasons, rollout, at, "comparing it with the day before failed, so that is not shown", e);
            seasons.remove(rollout.id());
            return List.of();
        }
    }

    private JudgeSpec spec(Rollout rollout, List<StopCondition> conditions, boolean control) {
        return new JudgeSpec(
                conditions, prices, JudgeSpec.DEFAULT_ALPHA, minRequests(rollout.state(), rollout.spec()), control);
    }

    private Look look(Map<RolloutId, Look> kept, Rollout rollout, JudgeSpec spec) {
        Instant since = rollout.comparedSince().orElseThrow();
        return kept.compute(
                rollout.id(),
                (id, known) ->
                        known != null && known.of(spec, since) ? known : new Look(spec, since, interval, LATE_MAX));
    }

    private void store(Rollout rollout, Verdict verdict, Optional<Reason> held, Epoch epoch) {
        transactions.inOne(() -> {
            lease.assertCurrent(epoch);
            rollouts.lock(rollout.id())
                    .filter(r -> r.version() == rollout.version())
                    .ifPresent(r -> store(r, verdict, held));
            return true;
        });
    }

    /** The row holds every verdict; an event is made only of one that the machine has not heard in this version of the rollout. */
    private void store(Rollout rollout, Verdict verdict, Optional<Reason> held) {
        rollouts.looked(rollout.id(), verdict);
        Look look = Objects.requireNonNull(looks.get(rollout.id()));
        Optional<Reason> why = held.filter(reason -> FleetHold.isTrouble(verdict));
        if (look.isNews(rollout, verdict, why.isPresent()) || closes(rollout.state(), verdict.at())) {
            rollouts.append(
                    rollout.id(),
                    why.map(reason -> held(verdict, reason)).orElseGet(() -> new RolloutEvent.Judged(verdict)),
                    verdict.at());
            look.told(rollout, verdict, why.isPresent());
        }
    }

    private RolloutEvent held(Verdict verdict, Reason why) {
        return new RolloutEvent.Held(verdict, why, hold.tell(verdict.at()));
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
    public static long minRequests(RolloutState state, ReleaseSpec spec) {
        if (state instanceof Gating gating && spec.release().steps().get(gating.step()) instanceof Step.Gate gate) {
            return gate.minRequests();
        }
        return spec.release().steps().stream()
                .mapToLong(step -> step instanceof Step.Gate gate ? gate.minRequests() : 0)
                .filter(requests -> requests > 0)
                .max()
                .orElse(MIN_REQUESTS);
    }
}

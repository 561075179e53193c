package io.slipway.analysis;

import io.slipway.base.MetricWindow;
import io.slipway.release.Metric;
import io.slipway.release.StopCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The judge with a memory: windows go in as they come, a look says what is known. Its state does not grow with the watch. The same
 * windows and looks give the same verdicts, bit for bit, on any machine.
 */
public final class Comparison {
    private static final double BROKEN_SHARE = 0.2;
    private static final double WARMING_UP_SHARE = 0.5;
    private static final int STALE_SLOTS = 5;
    private static final double STALE_SECONDS_MIN = 30;
    private static final double MARGIN_WITHOUT_CONDITION = 0.005;
    /** Intervals are renewed when there are so many times the slots. */
    private static final double RENEWED = 1.1;

    private final JudgeSpec spec;
    private final Instant since;
    private final Slots slots;
    private final Recent recent;
    private final Intake intake;
    private final Starts starts = new Starts();
    private final List<Tracked> tracked = new ArrayList<>();
    private final List<AbsoluteBound> bounds = new ArrayList<>();
    private final List<BurnRate> burns = new ArrayList<>();
    private final List<CrashLoop> loops = List.of(new CrashLoop(Metric.CRASHES), new CrashLoop(Metric.OOM_KILLS));
    private final List<OwnCondition> own = new ArrayList<>();
    private final Optional<PlainlyBroken> fast;
    private ArmSums control = ArmSums.NONE;
    private ArmSums candidate = ArmSums.NONE;
    private double slotSeconds = 10;
    private int used;
    private int renewAt = 1;
    private int warmingUp;
    private int broken;
    private int coarse;

    /** Begins at {@code since}: data is expected from then on. */
    public Comparison(JudgeSpec spec, Instant since) {
        this(spec, since, null);
    }

    /** {@code measure}: what its one condition is called; null: as its metric. */
    Comparison(JudgeSpec spec, Instant since, @Nullable Measure measure) {
        this.spec = spec;
        this.since = since;
        this.slots = new Slots(spec.control());
        this.recent = new Recent(spec.control());
        this.intake = new Intake(spec.prices());
        for (StopCondition condition : spec.stopConditions()) {
            switch (condition) {
                case StopCondition.Regresses r ->
                    tracked.add(new Tracked(r, spec, measure == null ? Measure.of(r.metric()) : measure));
                case StopCondition.Above a ->
                    bounds.add(new AbsoluteBound(a, spec.prices(), measure == null ? Measure.of(a.metric()) : measure));
                case StopCondition.Burns b -> burns.add(new BurnRate(b));
                case StopCondition.SeriesRegresses r -> own.add(OwnCondition.of(r, spec, since));
                case StopCondition.SeriesAbove a -> own.add(OwnCondition.of(a, spec, since));
            }
        }
        this.fast = marginOfErrors().filter(m -> spec.control()).map(PlainlyBroken::new);
    }

    /** In any order; one that came before (by revision, arm, host and start) is not counted again. */
    public void add(MetricWindow window) {
        slots.add(window);
    }

    /** A value of a series of the team's own; in any order, each once. */
    public void add(Sample sample) {
        own.forEach(c -> c.add(sample));
    }

    /** Takes up slots that were put together and judged before, in order of time, before any window. */
    public void resume(List<Slot> judged) {
        int all = (int) judged.stream().filter(this::counts).count();
        int last = 1;
        while (next(last) <= all) {
            last = next(last);
        }
        renewAt = last;
        for (Slot slot : judged) {
            accept(slot);
            renew();
        }
        if (!judged.isEmpty()) {
            slots.resume(judged.getLast());
        }
    }

    /** Puts the windows that are complete or overdue together to slots and judges them. Returns these, in order of time. */
    public List<Slot> advance(Instant now) {
        List<Slot> closed = slots.close(now);
        for (Slot slot : closed) {
            accept(slot);
            renew();
        }
        own.forEach(c -> c.advance(now));
        return closed;
    }

    /** Whether this look would end the rollout; the same answer as {@code look(now).reverts()}, without the intervals. */
    public boolean reverts(Instant now) {
        slots.close(now).forEach(this::accept);
        boolean proven = !starts.stretches().isEmpty() && !proofs(newest()).isEmpty();
        return (own.stream().anyMatch(c -> c.reverts(now))
                        || proven
                        || fast.filter(PlainlyBroken::isFound).isPresent()
                        || bounds.stream().anyMatch(AbsoluteBound::isBroken)
                        || burns.stream().anyMatch(BurnRate::isFound)
                        || loops.stream().anyMatch(CrashLoop::isFound))
                && !commonCause();
    }

    public Verdict look(Instant now) {
        advance(now);
        renew();
        boolean metricsBroken = !ownOnly() && metricsBroken(now);
        boolean common = commonCause();
        List<MetricVerdict> metrics = new ArrayList<>();
        List<MetricVerdict> judged = new ArrayList<>();
        Map<Tracked, Tracked.Proof> proofs = Map.of();
        Map<Metric, Evidence> sinceFirst = Map.of();
        if (!starts.stretches().isEmpty()) {
            Since since = newest();
            proofs = proofs(since);
            sinceFirst = evidence(since);
        }
        for (Tracked t : tracked) {
            MetricVerdict v = verdict(t, proofs, sinceFirst, metricsBroken);
            metrics.add(v);
            if (spec.control()) {
                judged.add(v);
            }
        }
        for (AbsoluteBound b : bounds) {
            MetricVerdict v = b.verdict(metricsBroken, control, candidate, spec.minRequests());
            metrics.add(v);
            judged.add(v);
        }
        for (BurnRate b : burns) {
            MetricVerdict v = b.verdict(metricsBroken, control, candidate, spec.minRequests());
            metrics.add(v);
            judged.add(v);
        }
        for (OwnCondition c : own) {
            Verdict v = c.look(now);
            common |= v.commonCause();
            metricsBroken |= v.outcome() == Outcome.METRICS_BROKEN;
            metrics.addAll(v.metrics());
            judged.addAll(c.isJudged() ? v.metrics() : List.of());
        }
        for (CrashLoop loop : loops) {
            if (loop.isAny()) {
                metrics.add(loop.verdict(control.requests(), candidate.requests()));
            }
            if (loop.isFound()) {
                judged.add(metrics.getLast());
            }
        }
        Outcome outcome = Combination.of(judged, metricsBroken, ownOnly() || enoughRequests(), common);
        int leftOut = warmingUp + broken + slots.dropped();
        String sentence = sentence(outcome, common, judged);
        if (outcome == Outcome.HEALTHY && isStartingAgain()) {
            outcome = Outcome.NOT_ENOUGH_EVIDENCE;
            sentence = recent.warmingUp() + " of the last " + recent.slots()
                    + " windows are of replicas that had just started, so nothing is called healthy by now; "
                    + sentence;
        }
        return new Verdict(now, outcome, common, metrics, used, leftOut, sentence, Judge.VERSION);
    }

    private MetricVerdict verdict(
            Tracked t, Map<Tracked, Tracked.Proof> proofs, Map<Metric, Evidence> sinceFirst, boolean metricsBroken) {
        long requests0 = control.requests();
        long requests1 = candidate.requests();
        if (!spec.control()) {
            return t.unknown(Outcome.NOT_ENOUGH_EVIDENCE, "no control to compare with", 0, requests1);
        }
        if (t.metric() == Metric.ERROR_RATE
                && fast.filter(PlainlyBroken::isFound).isPresent()) {
            return fast.get().verdict(t.margin(), spec.prices(), requests0, requests1);
        }
        Tracked.Proof proof = proofs.get(t);
        if (proof != null) {
            return t.regressed(since(proof.block()), requests0, requests1);
        }
        Evidence evidence = sinceFirst.get(t.metric());
        if (evidence == null || Double.isNaN(evidence.estimate())) {
            Outcome outcome = metricsBroken ? Outcome.METRICS_BROKEN : Outcome.NOT_ENOUGH_EVIDENCE;
            return t.unknown(outcome, obstacle(t).isEmpty() ? nothingYet(t) : obstacle(t), requests0, requests1);
        }
        return t.open(evidence, metricsBroken, obstacle(t), requests0, requests1, used * slotSeconds);
    }

    private void accept(Slot slot) {
        slotSeconds = slot.seconds();
        recent.add(slot);
        if (!slot.broken()) {
            loops.forEach(l -> l.add(slot));
        }
        if (counts(slot)) {
            judge(slot);
        } else if (slot.warmingUp()) {
            warmingUp++;
        } else {
            broken++;
        }
    }

    private boolean counts(Slot slot) {
        return slot.usable(spec.control()) && !slot.warmingUp();
    }

    private void judge(Slot slot) {
        used++;
        control = control.plusWithoutLatency(slot.control());
        candidate = candidate.plusWithoutLatency(slot.candidate());
        bounds.forEach(b -> b.add(slot));
        burns.forEach(b -> b.add(slot));
        if (!spec.control() || tracked.isEmpty()) {
            return;
        }
        fast.ifPresent(f -> f.add(slot));
        coarse += slot.control().hasLatency() && slot.candidate().hasLatency() ? 0 : 1;
        intake.add(slot, RateBalance.isEqual(slot), starts);
    }

    /** Where the number of slots passes the next one at which intervals are renewed. */
    private void renew() {
        if (used >= renewAt && !starts.stretches().isEmpty()) {
            Map<Metric, Evidence> sinceFirst = evidence(since(0));
            tracked.forEach(t -> Optional.ofNullable(sinceFirst.get(t.metric())).ifPresent(t::renew));
            renewAt = next(used);
        }
    }

    private static int next(int renewed) {
        return Math.max(renewed + 1, (int) (renewed * RENEWED));
    }

    /** For each condition that is proven to have regressed, the start that shows it best. {@code from} is moved from the newest start to the first. */
    private Map<Tracked, Tracked.Proof> proofs(Since from) {
        Map<Tracked, Tracked.Proof> best = new HashMap<>();
        do {
            for (Tracked t : tracked) {
                t.proof(from).ifPresent(p -> best.merge(t, p, (a, b) -> b.beyond() > a.beyond() ? b : a));
            }
        } while (from.back());
        return best;
    }

    private Map<Metric, Evidence> evidence(Since first) {
        Map<Metric, Evidence> evidence = new EnumMap<>(Metric.class);
        tracked.forEach(t -> evidence.computeIfAbsent(t.metric(), first::of));
        return evidence;
    }

    private Since newest() {
        return Since.newest(starts.stretches(), spec.noise(), slotSeconds);
    }

    private Since since(int block) {
        return Since.of(starts.stretches(), block, spec.noise(), slotSeconds);
    }

    private Optional<Double> marginOfErrors() {
        return tracked.stream()
                .filter(t -> t.metric() == Metric.ERROR_RATE)
                .map(Tracked::margin)
                .min(Double::compare);
    }

    private boolean commonCause() {
        if (!spec.control()) {
            return false;
        }
        if (burns.stream().anyMatch(BurnRate::isCommon)) {
            return true;
        }
        double margin = marginOfErrors().orElse(MARGIN_WITHOUT_CONDITION);
        return CommonCause.is(recent, control.requests(), control.errors(), margin)
                || bounds.stream().anyMatch(AbsoluteBound::isCommon);
    }

    private boolean metricsBroken(Instant now) {
        double staleSeconds = Math.max(STALE_SECONDS_MIN, STALE_SLOTS * slotSeconds);
        Instant last = recent.lastUsable().orElse(since);
        boolean stale = now.isAfter(last.plus(Duration.ofMillis((long) (staleSeconds * 1000))));
        return stale || recent.brokenShare() > BROKEN_SHARE;
    }

    /** Replicas that start again and again leave little to judge; what was healthy before says nothing of now. */
    private boolean isStartingAgain() {
        return !ownOnly() && recent.warmingUp() > WARMING_UP_SHARE * recent.slots();
    }

    /** Windows are not needed then: a worker that no edge sees has none. */
    private boolean ownOnly() {
        return tracked.isEmpty() && bounds.isEmpty() && burns.isEmpty() && !own.isEmpty();
    }

    private boolean enoughRequests() {
        return candidate.requests() >= Math.max(1, spec.minRequests())
                && (!spec.control() || control.requests() >= Math.max(1, spec.minRequests()));
    }

    private String obstacle(Tracked t) {
        if (!enoughRequests()) {
            return fewRequests();
        }
        return t.metric() == Metric.ERROR_RATE || RateBalance.isEqual(recent) ? "" : RateBalance.unequal(recent);
    }

    private String fewRequests() {
        return control.requests() + " and " + candidate.requests() + " requests of at least "
                + Math.max(1, spec.minRequests()) + " on each arm";
    }

    private String nothingYet(Tracked t) {
        return t.metric() == Metric.P95_LATENCY && coarse > 0
                ? "resolution: no latency histogram with buckets of at most 2% was recorded"
                : "no comparable windows yet";
    }

    private String sentence(Outcome outcome, boolean common, List<MetricVerdict> judged) {
        if (common) {
            return "both revisions are in trouble (control " + Figures.percent(control.errorRate())
                    + " errors, candidate " + Figures.percent(candidate.errorRate())
                    + " so far): not this release's doing, hold";
        }
        if (judged.isEmpty()) {
            return "no control to compare with and no absolute condition declared: " + candidate.requests()
                    + " requests answered, " + candidate.errors() + " with errors";
        }
        return Combination.sentence(outcome, judged)
                + (warmingUp > 0
                        ? "; " + warmingUp + (warmingUp == 1 ? " warm-up window" : " warm-up windows") + " left out"
                        : "");
    }
}

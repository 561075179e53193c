package io.slipway.analysis;

import io.slipway.base.MetricWindow;
import io.slipway.release.Metric;
import io.slipway.release.StopCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The judge with a memory: windows go in as they come, a look says what is known. Its state does not grow with the watch. The same
 * windows and looks give the same verdicts, bit for bit, on any machine.
 */
public final class Comparison {
    private static final double BROKEN_SHARE = 0.2;
    private static final int STALE_SLOTS = 5;
    private static final double STALE_SECONDS_MIN = 30;
    private static final double MARGIN_WITHOUT_CONDITION = 0.005;

    private final JudgeSpec spec;
    private final Instant since;
    private final Slots slots;
    private final Recent recent = new Recent();
    private final List<Tracked> tracked = new ArrayList<>();
    private final List<AbsoluteBound> bounds = new ArrayList<>();
    private ArmSums control = ArmSums.NONE;
    private ArmSums candidate = ArmSums.NONE;
    private double slotSeconds = 10;
    private int used;
    private int warmingUp;
    private int broken;

    /** Begins at {@code since}: data is expected from then on. */
    public Comparison(JudgeSpec spec, Instant since) {
        this.spec = spec;
        this.since = since;
        this.slots = new Slots(spec.control());
        for (StopCondition condition : spec.stopConditions()) {
            switch (condition) {
                case StopCondition.Regresses r -> tracked.add(new Tracked(r, spec));
                case StopCondition.Above a -> bounds.add(new AbsoluteBound(a, spec.prices()));
            }
        }
    }

    /** In any order; one that came before (by revision, arm, host and start) is not counted again. */
    public void add(MetricWindow window) {
        slots.add(window);
    }

    /** Whether this look would end the rollout; the same answer as {@code look(now).reverts()}, without the intervals. */
    public boolean reverts(Instant now) {
        slots.close(now).forEach(this::accept);
        return anyRegressed() && !commonCause();
    }

    public Verdict look(Instant now) {
        slots.close(now).forEach(this::accept);
        boolean metricsBroken = metricsBroken(now);
        boolean common = commonCause();
        List<MetricVerdict> metrics = new ArrayList<>();
        List<MetricVerdict> judged = new ArrayList<>();
        for (Tracked t : tracked) {
            MetricVerdict v = spec.control()
                    ? t.verdict(metricsBroken, obstacle(t), control.requests(), candidate.requests())
                    : t.withoutControl(candidate.requests());
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
        Outcome outcome = Combination.of(judged, metricsBroken, enoughRequests(), common);
        int leftOut = warmingUp + broken + slots.dropped();
        return new Verdict(
                now, outcome, common, metrics, used, leftOut, sentence(outcome, common, judged), Judge.VERSION);
    }

    private void accept(Slot slot) {
        slotSeconds = slot.seconds();
        recent.add(slot);
        if (slot.usable(spec.control()) && !slot.warmingUp()) {
            judge(slot);
        } else if (slot.warmingUp()) {
            warmingUp++;
        } else {
            broken++;
        }
    }

    private void judge(Slot slot) {
        used++;
        control = control.plusWithoutLatency(slot.control());
        candidate = candidate.plusWithoutLatency(slot.candidate());
        bounds.forEach(b -> b.add(slot));
        if (spec.control()) {
            boolean equal = RateBalance.isEqual(slot);
            tracked.forEach(t -> t.add(slot, equal));
        }
    }

    private boolean anyRegressed() {
        return bounds.stream().anyMatch(AbsoluteBound::isBroken)
                || tracked.stream().anyMatch(Tracked::isRegressed);
    }

    private boolean commonCause() {
        if (!spec.control()) {
            return false;
        }
        double margin = tracked.stream()
                .filter(t -> t.condition().metric() == Metric.ERROR_RATE)
                .mapToDouble(t -> t.condition().regressesBy())
                .min()
                .orElse(MARGIN_WITHOUT_CONDITION);
        return CommonCause.is(recent, control.requests(), control.errors(), margin)
                || bounds.stream().anyMatch(AbsoluteBound::isCommon);
    }

    private boolean metricsBroken(Instant now) {
        double staleSeconds = Math.max(STALE_SECONDS_MIN, STALE_SLOTS * slotSeconds);
        Instant last = recent.lastUsable(spec.control()).orElse(since);
        boolean stale = now.isAfter(last.plus(Duration.ofMillis((long) (staleSeconds * 1000))));
        return stale || recent.brokenShare(spec.control()) > BROKEN_SHARE;
    }

    private boolean enoughRequests() {
        return candidate.requests() >= Math.max(1, spec.minRequests())
                && (!spec.control() || control.requests() >= Math.max(1, spec.minRequests()));
    }

    private Optional<String> obstacle(Tracked t) {
        if (!enoughRequests()) {
            return Optional.of(control.requests() + " and " + candidate.requests() + " requests of at least "
                    + Math.max(1, spec.minRequests()) + " on each arm");
        }
        return t.condition().metric() == Metric.ERROR_RATE || RateBalance.isEqual(recent)
                ? Optional.empty()
                : Optional.of(RateBalance.unequal(recent));
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
                + (warmingUp > 0 ? "; " + warmingUp + " warm-up windows left out" : "");
    }
}

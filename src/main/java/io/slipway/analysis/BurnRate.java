package io.slipway.analysis;

import io.slipway.release.Metric;
import io.slipway.release.StopCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How fast the candidate uses up the errors that a service level objective allows: 1 is just what is allowed. Broken at 14.4 over one hour and five minutes,
 * or at 6 over six hours and thirty minutes (The Site Reliability Workbook, chapter 5, "Multiwindow, Multi-Burn-Rate Alerts"); the shorter window says that
 * it goes on. What a candidate has not been there for counts as without errors, so 2 or 5 % of a month's budget are gone by then, as in that table.
 *
 * <p>At little traffic chance alone could do that, so the errors must be as improbable: by Chernoff's bound for a binomial, each slot with a share of
 * {@link #ALPHA} (a union bound over slots).
 */
final class BurnRate {
    /** Probability of ever calling one burnt whose requests fail independently and no more often than allowed. */
    static final double ALPHA = 0.001;

    private static final List<Pair> PAIRS = List.of(
            new Pair(14.4, Duration.ofHours(1), Duration.ofMinutes(5)),
            new Pair(6, Duration.ofHours(6), Duration.ofMinutes(30)));
    private static final Duration LONGEST = Duration.ofHours(6);
    private static final Duration KEPT_TOGETHER = Duration.ofMinutes(1);

    private final double allowed;
    private final ArrayDeque<Minute> minutes = new ArrayDeque<>();
    private @Nullable Instant since;
    private Instant upTo = Instant.EPOCH;
    private int looks;

    /** Both windows are burnt at least so fast. */
    private record Pair(double times, Duration over, Duration still) {}

    private record Minute(Instant start, long requests0, long errors0, long requests1, long errors1) {
        Minute plus(Slot slot) {
            return new Minute(
                    start,
                    requests0 + slot.control().requests(),
                    errors0 + slot.control().errors(),
                    requests1 + slot.candidate().requests(),
                    errors1 + slot.candidate().errors());
        }
    }

    /** One arm over the last so much time. */
    private record Window(long requests, long errors, double allowed, double there) {
        double rate() {
            return requests == 0 ? 0 : there * errors / requests / allowed;
        }

        /** Chernoff's exponent. */
        double evidence() {
            double p = requests == 0 ? 0 : (double) errors / requests;
            double kept = p == 1 ? 0 : (1 - p) * StrictMath.log((1 - p) / (1 - allowed));
            return p <= allowed ? 0 : requests * (p * StrictMath.log(p / allowed) + kept);
        }
    }

    BurnRate(StopCondition.Burns condition) {
        this.allowed = 1 - condition.objective();
    }

    void add(Slot slot) {
        since = since == null ? slot.start() : since;
        looks++;
        upTo = slot.end();
        Minute last = minutes.peekLast();
        if (last == null || !slot.start().isBefore(last.start.plus(KEPT_TOGETHER))) {
            last = new Minute(slot.start(), 0, 0, 0, 0);
        } else {
            minutes.removeLast();
        }
        minutes.addLast(last.plus(slot));
        while (minutes.size() > 1 && minutes.getFirst().start.isBefore(upTo.minus(LONGEST))) {
            minutes.removeFirst();
        }
    }

    private Window window(Duration length, boolean ofCandidate) {
        Instant from = upTo.minus(length);
        long requests = 0;
        long errors = 0;
        Iterator<Minute> newestFirst = minutes.descendingIterator();
        while (newestFirst.hasNext()) {
            Minute m = newestFirst.next();
            if (m.start.isBefore(from)) {
                break;
            }
            requests += ofCandidate ? m.requests1 : m.requests0;
            errors += ofCandidate ? m.errors1 : m.errors0;
        }
        double seen = since == null ? 0 : Duration.between(since, upTo).toMillis() / 1e3;
        return new Window(requests, errors, allowed, Math.min(1, seen / length.toSeconds()));
    }

    private boolean isBurnt(Pair pair) {
        Window over = window(pair.over, true);
        double enough = StrictMath.log(PAIRS.size() * (double) looks * (looks + 1) / ALPHA);
        return over.rate() >= pair.times && window(pair.still, true).rate() >= pair.times && over.evidence() >= enough;
    }

    boolean isFound() {
        return !minutes.isEmpty() && PAIRS.stream().anyMatch(p -> isBurnt(p));
    }

    /** The control burns at least half as fast. */
    boolean isCommon() {
        return isFound()
                && PAIRS.stream()
                        .filter(p -> isBurnt(p))
                        .allMatch(p -> 2 * window(p.over, false).rate() >= p.times
                                && 2 * window(p.still, false).rate() >= p.times);
    }

    MetricVerdict verdict(boolean metricsBroken, ArmSums control, ArmSums candidate, long minRequests) {
        Pair pair = PAIRS.stream().filter(p -> isBurnt(p)).findFirst().orElse(PAIRS.getFirst());
        boolean found = isFound();
        boolean calm = PAIRS.stream().allMatch(p -> window(p.still, true).rate() < p.times);
        Outcome outcome = found
                ? Outcome.REGRESSED
                : metricsBroken
                        ? Outcome.METRICS_BROKEN
                        : calm && candidate.requests() >= minRequests ? Outcome.HEALTHY : Outcome.NOT_ENOUGH_EVIDENCE;
        double rate = window(pair.over, true).rate();
        String sentence = "burn rate is " + Figures.number(rate) + "x" + " over "
                + Figures.duration(pair.over.toSeconds()) + " and "
                + Figures.number(window(pair.still, true).rate()) + "x" + " over "
                + Figures.duration(pair.still.toSeconds()) + ", of the " + Figures.percent(allowed)
                + " errors that the objective allows; broken at " + Figures.number(pair.times) + "x: "
                + Figures.words(outcome)
                + (found ? ", at most 1 in " + Math.round(1 / ALPHA) + " to be chance" : "");
        return new MetricVerdict(
                Metric.BURN_RATE,
                outcome,
                control.requests() == 0 ? Double.NaN : window(pair.over, false).rate(),
                rate,
                rate,
                Double.NaN,
                Double.NaN,
                pair.times,
                ALPHA,
                control.requests(),
                candidate.requests(),
                sentence);
    }
}

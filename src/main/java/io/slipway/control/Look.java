package io.slipway.control;

import io.slipway.analysis.Comparison;
import io.slipway.analysis.JudgeSpec;
import io.slipway.analysis.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * What is known of one rollout's comparison. In memory only to save reading windows again: looks are taken at whole intervals since the comparison
 * began, each with the windows that had come by then, so that whoever begins anew comes to the same verdicts bit for bit.
 */
final class Look {
    private final JudgeSpec spec;
    private final Instant since;
    private final Duration interval;
    /** Windows later than this are left out by the judge anyway. */
    private final Duration late;

    private final Comparison comparison;
    private final Map<Object, Instant> seen = new HashMap<>();
    private Instant lookedAt;
    /** Start of the newest that was taken: while nothing comes at all, nothing is late. */
    private Instant newest;

    private String toldOutcome = "";
    private long toldVersion = -1;

    Look(JudgeSpec spec, Instant since, Duration interval, Duration late) {
        this.spec = spec;
        this.since = since;
        this.interval = interval;
        this.late = late;
        this.lookedAt = since;
        this.newest = since;
        this.comparison = new Comparison(spec, since);
    }

    /** The same before anything was looked at; what the machine has heard it has heard. */
    Look anew() {
        Look anew = new Look(spec, since, interval, late);
        anew.toldOutcome = toldOutcome;
        anew.toldVersion = toldVersion;
        return anew;
    }

    boolean of(JudgeSpec otherSpec, Instant otherSince) {
        return spec.equals(otherSpec) && since.equals(otherSince);
    }

    /** The last time to look at that is not after {@code now}; the first is {@code since}. */
    static Instant at(Instant since, Duration interval, Instant now) {
        long passed = Math.max(0, Duration.between(since, now).dividedBy(interval));
        return since.plus(interval.multipliedBy(passed));
    }

    /** Where to read on from: windows of the last minutes may have come late. */
    Instant readFrom() {
        Instant from = (newest.isBefore(lookedAt) ? newest : lookedAt).minus(late);
        return from.isBefore(since) ? since : from;
    }

    /** Takes all looks that are due up to {@code at}; only the last one's verdict is asked for. {@code read}: what may not be known yet. */
    Verdict verdict(List<Arrived> read, Instant at) {
        Queue<Arrived> coming = news(read, at);
        for (Instant next = lookedAt.plus(interval); next.isBefore(at); next = next.plus(interval)) {
            take(coming, next);
            comparison.advance(next);
        }
        take(coming, at);
        Instant forgotten = readFrom();
        seen.values().removeIf(start -> start.isBefore(forgotten));
        return comparison.look(at);
    }

    private Queue<Arrived> news(List<Arrived> read, Instant at) {
        return new ArrayDeque<>(read.stream()
                .filter(w -> !w.at().isAfter(at) && seen.putIfAbsent(w.key(), w.start()) == null)
                .sorted(Comparator.comparing(Arrived::at))
                .toList());
    }

    private void take(Queue<Arrived> coming, Instant at) {
        Instant from = readFrom();
        for (Arrived w = coming.peek(); w != null && !w.at().isAfter(at); w = coming.peek()) {
            coming.remove();
            if (!w.start().isBefore(from)) {
                w.addTo(comparison);
                newest = w.start().isAfter(newest) ? w.start() : newest;
            }
        }
        lookedAt = at;
    }

    /** Whether the machine has not heard this in this version of the rollout. */
    boolean isNews(Rollout rollout, Verdict verdict, boolean held) {
        return (verdict.reverts() && !held)
                || rollout.version() != toldVersion
                || !outcome(verdict, held).equals(toldOutcome);
    }

    void told(Rollout rollout, Verdict verdict, boolean held) {
        toldVersion = rollout.version();
        toldOutcome = outcome(verdict, held);
    }

    private static String outcome(Verdict verdict, boolean held) {
        return verdict.outcome() + (verdict.commonCause() ? " common" : "") + (held ? " held" : "");
    }
}

package io.slipway.control;

import io.slipway.analysis.Comparison;
import io.slipway.analysis.JudgeSpec;
import io.slipway.analysis.Verdict;
import io.slipway.base.Arm;
import io.slipway.base.MetricWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** What is known of one rollout's comparison. In memory only to save reading windows again. */
final class Look {
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

    Verdict verdict(Instant now) {
        return comparison.look(now);
    }

    Instant since() {
        return since;
    }

    /** Where to read on from: windows of the last minutes may have come late. */
    Instant readFrom(Duration late) {
        Instant from = readTo.isAfter(since) ? readTo.minus(late) : since;
        return from.isBefore(since) ? since : from;
    }

    void wasReadTo(Instant now) {
        readTo = now;
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

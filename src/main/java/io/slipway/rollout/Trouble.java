package io.slipway.rollout;

import io.slipway.analysis.Outcome;
import io.slipway.analysis.Verdict;
import io.slipway.base.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a verdict that neither passes nor reverts says, and who is told of it: of metrics that are broken as routine, of trouble on both revisions at once.
 *
 * @param name of the trouble; empty where a verdict only lacks evidence
 * @param told troubles that people were told of, with the time
 */
record Trouble(String name, Reason reason, Map<String, Instant> told, List<Effect> effects) {
    /** The same trouble is not told again within this time, however often it comes and goes in a gate or a watch. */
    private static final Duration QUIET = Duration.ofHours(1);

    /**
     * @param told of what people were told before
     * @param waiting what is waited for, in words
     */
    static Trouble of(Verdict verdict, Map<String, Instant> told, String waiting, Moment moment) {
        Reason why = reason(verdict, waiting);
        Optional<Effect.Severity> trouble = severity(verdict);
        Optional<Effect.Severity> severity = trouble.filter(s -> !wasTold(told, why, moment));
        Map<String, Instant> all = new TreeMap<>(told);
        severity.ifPresent(s -> all.put(why.code(), moment.now()));
        return new Trouble(
                trouble.isPresent() ? why.code() : "",
                why,
                all,
                severity.map(s -> List.<Effect>of(new Effect.Notify(s, why))).orElse(List.of()));
    }

    private static boolean wasTold(Map<String, Instant> told, Reason why, Moment moment) {
        return Optional.ofNullable(told.get(why.code()))
                .filter(at -> at.plus(QUIET).isAfter(moment.now()))
                .isPresent();
    }

    private static Reason reason(Verdict verdict, String waiting) {
        String text = verdict.sentence() + "; " + waiting;
        return verdict.commonCause()
                ? new Reason("common-cause", "not this release's doing: " + text)
                : new Reason(verdict.outcome().label(), text);
    }

    /** How soon somebody must know. */
    private static Optional<Effect.Severity> severity(Verdict verdict) {
        if (verdict.commonCause()) {
            return Optional.of(Effect.Severity.URGENT);
        }
        return verdict.outcome() == Outcome.METRICS_BROKEN ? Optional.of(Effect.Severity.ROUTINE) : Optional.empty();
    }
}

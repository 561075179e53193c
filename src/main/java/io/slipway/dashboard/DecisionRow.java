package io.slipway.dashboard;

import io.slipway.runbook.Decision;
import java.time.Instant;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * One decision, as the list shows it.
 *
 * @param id of the element; kept open across updates
 * @param step {@code gating → reverting}, or one state when it did not change
 * @param evidence what was known, as indented JSON
 */
record DecisionRow(
        String id,
        long sequence,
        String step,
        String tone,
        String by,
        String reason,
        Moment at,
        String evidence,
        String hash) {
    private static final JsonMapper PRETTY =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    static List<DecisionRow> of(List<Decision> decisions, Instant now) {
        return decisions.stream().map(d -> of(d, now)).toList();
    }

    private static DecisionRow of(Decision d, Instant now) {
        return new DecisionRow(
                "decision-" + d.sequence(),
                d.sequence(),
                d.fromState().equals(d.toState()) ? d.toState() : d.fromState() + " → " + d.toState(),
                tone(d.toState()),
                d.by(),
                d.reason().text(),
                Moment.of(d.at(), now),
                pretty(d.evidence()),
                d.hash());
    }

    private static String tone(String state) {
        return switch (state) {
            case "reverting", "reverted", "failed" -> "bad";
            case "awaiting-approval", "paused", "unproven" -> "wait";
            case "settled" -> "good";
            case "aborted", "superseded" -> "quiet";
            default -> "busy";
        };
    }

    private static String pretty(String json) {
        try {
            return json.isBlank() ? "{}" : PRETTY.writeValueAsString(PRETTY.readTree(json));
        } catch (JacksonException notJson) {
            return json;
        }
    }
}

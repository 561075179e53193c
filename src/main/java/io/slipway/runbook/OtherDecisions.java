package io.slipway.runbook;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was decided outside of any rollout, such as that a service may be released again, as a document: with the entries of all rollouts it makes the
 * chain of decisions whole.
 *
 * @param decisions oldest first; at least one
 */
public record OtherDecisions(List<Decision> decisions) {
    public static final String SLUG = "outside-rollouts";
    public static final String TITLE = "Decisions outside of rollouts";

    public OtherDecisions {
        if (decisions.isEmpty()) {
            throw new IllegalArgumentException(
                    "no decision was made outside of rollouts, so there is nothing to write down");
        }
    }

    /** Counts decisions, from 1. */
    public int version() {
        return decisions.size();
    }

    public Instant at() {
        return decisions.getLast().at();
    }

    /** For people. */
    public String markdown() {
        return Markdown.render(this);
    }

    /** The same for programs; canonical, on one line. */
    public String json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("slug", SLUG);
        fields.put("version", version());
        fields.put("title", TITLE);
        fields.put("decisions", decisions.stream().map(OtherDecisions::decision).toList());
        return Json.of(fields);
    }

    private static Json.Raw decision(Decision it) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("service", it.service());
        fields.putAll(RunbookEntry.fields(it));
        return new Json.Raw(Json.of(fields));
    }
}

package io.slipway.runbook;

import io.slipway.base.RolloutId;
import io.slipway.release.ReleaseSpec;
import io.slipway.rollout.RolloutState;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What happened in one rollout, as a document: who wanted what, under which conditions, what was decided and why. Each decision makes a new
 * version.
 *
 * @param decisions all of the rollout's, oldest first; at least one
 */
public record RunbookEntry(RolloutId rollout, ReleaseSpec spec, RolloutState state, List<Decision> decisions) {
    public RunbookEntry {
        if (decisions.isEmpty()) {
            throw new IllegalArgumentException(
                    "rollout " + rollout + " has no decisions, so there is nothing to write down");
        }
    }

    /** Name in addresses and file names: {@code rollout-...}. */
    public String slug() {
        return "rollout-" + rollout.value().replaceAll("[^A-Za-z0-9-]", "-");
    }

    /** Counts decisions, from 1. */
    public int version() {
        return decisions.size();
    }

    public Instant at() {
        return decisions.getLast().at();
    }

    /** {@code checkout r42: reverted}. */
    public String title() {
        return spec.service() + " " + state.course().revision().label() + ": " + state.label();
    }

    /** For people. Whatever came from outside is escaped, so that it shows as it was written. */
    public String markdown() {
        return Markdown.render(this);
    }

    /** The same for programs, with the evidence; canonical, on one line. */
    public String json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("slug", slug());
        fields.put("version", version());
        fields.put("title", title());
        fields.put("rollout", rollout);
        fields.put("service", spec.service());
        fields.put("revision", state.course().revision().number());
        fields.put("stable", state.course().stable().map(it -> it.number()).orElse(null));
        fields.put("image", spec.image());
        fields.put("owner", spec.release().owner());
        fields.put("channel", spec.release().channel());
        fields.put("state", state.label());
        fields.put("reason", decisions.getLast().reason().text());
        fields.put("milestones", new TreeMap<>(state.course().milestones()));
        fields.put("checks", spec.release().checks());
        fields.put("steps", spec.release().steps().stream().map(PlanWords::step).toList());
        fields.put(
                "stopConditions",
                spec.release().stopConditions().stream()
                        .map(PlanWords::condition)
                        .toList());
        fields.put("watch", PlanWords.watch(spec.release().watch()));
        fields.put("decisions", decisions.stream().map(RunbookEntry::decision).toList());
        return Json.of(fields);
    }

    private static Json.Raw decision(Decision it) {
        return new Json.Raw(Json.of(fields(it)));
    }

    /** What a document says of each decision. */
    static Map<String, Object> fields(Decision it) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("sequence", it.sequence());
        fields.put("version", it.version());
        fields.put("kind", it.kind());
        fields.put("at", it.at());
        fields.put("by", it.by());
        fields.put("fromState", it.fromState());
        fields.put("toState", it.toState());
        fields.put("reasonCode", it.reason().code());
        fields.put("reason", it.reason().text());
        fields.put("evidence", it.evidence());
        fields.put("previousHash", it.previousHash());
        fields.put("hash", it.hash());
        return fields;
    }
}

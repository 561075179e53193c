package io.slipway.bench.real;

import io.slipway.cli.ApiClient;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How one release ended.
 *
 * @param detectSeconds from when the new revision first got requests until the decision to revert
 * @param promoted whether it had all traffic by then
 */
record Run(Change change, int round, String state, @Nullable Double detectSeconds, boolean promoted, String reason, double load) {
    static Run of(ApiClient api, Change change, int round, JsonNode end, double load) {
        JsonNode page = api.get("/api/v1/rollouts/" + end.path("id").asString("") + "/decisions");
        JsonNode decisions = page.has("items") ? page.path("items") : page;
        Instant exposed = firstInto(decisions, "gating");
        Instant decided = firstInto(decisions, "reverting");
        Double seconds = exposed == null || decided == null ? null : Duration.between(exposed, decided).toMillis() / 1000.0;
        return new Run(
                change,
                round,
                end.path("state").asString(""),
                seconds,
                firstInto(decisions, "watching") != null,
                end.path("reason").path("text").asString(""),
                load);
    }

    /** Decisions come newest first. */
    private static @Nullable Instant firstInto(JsonNode decisions, String state) {
        for (int i = decisions.size() - 1; i >= 0; i--) {
            if (decisions.get(i).path("toState").asString("").equals(state)) {
                return Instant.parse(decisions.get(i).path("at").asString(""));
            }
        }
        return null;
    }

    /** Reverted for what was changed, or settled where nothing was. */
    boolean isRight() {
        return change.isWorse() ? state.equals("reverted") && reason.contains(change.metric) : state.equals("settled");
    }

    String json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("change", change.name());
        fields.put("round", round);
        fields.put("right", isRight());
        fields.put("state", state);
        fields.put("detectSeconds", detectSeconds);
        fields.put("promoted", promoted);
        fields.put("load", load);
        fields.put("reason", reason);
        return ApiClient.JSON.writeValueAsString(fields);
    }

    static Run parse(String line) {
        JsonNode json = ApiClient.JSON.readTree(line);
        return new Run(
                Change.valueOf(json.path("change").asString("")),
                json.path("round").asInt(),
                json.path("state").asString(""),
                json.path("detectSeconds").isNumber() ? json.path("detectSeconds").asDouble() : null,
                json.path("promoted").asBoolean(false),
                json.path("reason").asString(""),
                json.path("load").asDouble(0));
    }
}

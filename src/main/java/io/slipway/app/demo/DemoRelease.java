package io.slipway.app.demo;

import io.slipway.app.demo.DemoSummary.Released;
import io.slipway.cli.ApiClient;
import io.slipway.cli.RolloutFollower;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Releases one revision and follows it to its end. */
final class DemoRelease {
    private static final Duration AT_MOST = Duration.ofSeconds(140);

    private final ApiClient api;
    private final Consumer<String> tell;

    DemoRelease(ApiClient api, Consumer<String> tell) {
        this.api = api;
        this.tell = tell;
    }

    /** What came of it, with the rollout's id for its records. */
    record Result(String rollout, Released released) {}

    Result release(String serviceFile) {
        JsonNode made = api.post("/api/v1/releases", serviceFile, "application/yaml", Optional.empty());
        String rollout = made.path("rollout").path("id").asString("");
        JsonNode end = new RolloutFollower(api, tell).follow(rollout, "settled", AT_MOST);
        return new Result(rollout, summary(end));
    }

    private Released summary(JsonNode end) {
        int revision = end.path("revision").asInt(0);
        String state = end.path("state").asString("");
        if (!state.equals("reverted")) {
            return new Released(revision, state, state.equals("settled") ? null : reason(end), null, null);
        }
        JsonNode decisions = items(api.get("/api/v1/rollouts/" + end.path("id").asString("") + "/decisions"));
        Instant exposed = firstInto(decisions, "gating");
        Instant decided = firstInto(decisions, "reverting");
        Instant back = confirmed(decisions);
        return new Released(
                revision,
                state,
                reason(end),
                exposed == null || decided == null
                        ? null
                        : Duration.between(exposed, decided).toMillis() / 1000.0,
                decided == null || back == null
                        ? null
                        : Duration.between(decided, back).toMillis());
    }

    private static String reason(JsonNode end) {
        return end.path("reason").path("text").asString("");
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

    private static @Nullable Instant confirmed(JsonNode decisions) {
        for (int i = decisions.size() - 1; i >= 0; i--) {
            if (decisions.get(i).path("fromState").asString("").equals("reverting")) {
                return Instant.parse(decisions.get(i).path("at").asString(""));
            }
        }
        return null;
    }

    private static JsonNode items(JsonNode page) {
        return page.has("items") ? page.path("items") : page;
    }
}

package io.slipway.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Follows a rollout by long polls until it is where somebody waits for, or over, or the time is up. */
public final class RolloutFollower {
    private static final Set<String> OVER =
            Set.of("settled", "unproven", "reverted", "aborted", "superseded", "failed");
    private static final int POLL_SECONDS_MAX = 30;

    private final ApiClient api;
    private final Consumer<String> tell;

    /** @param tell gets a sentence whenever the state, its reason, or what is waited for changes */
    public RolloutFollower(ApiClient api, Consumer<String> tell) {
        this.api = api;
        this.tell = tell;
    }

    /** @param until a milestone of contract.md, e.g. {@code promoted} or {@code settled} */
    public JsonNode follow(String rollout, String until, Duration timeout) {
        Instant end = Instant.now().plus(timeout);
        String shown = "";
        while (true) {
            long left = Math.max(0, Duration.between(Instant.now(), end).toSeconds());
            JsonNode now = api.get("/api/v1/rollouts/" + ApiClient.encode(rollout)
                    + (shown.isEmpty() ? "" : "?wait=" + Math.min(POLL_SECONDS_MAX, left) + "s"));
            String line = sentence(now);
            if (!line.equals(shown)) {
                tell.accept(line);
                shown = line;
                if (now.path("state").asString("").equals("unproven")) {
                    findings(now).forEach(tell);
                }
            }
            if (now.path("milestones").has(until) || isOver(now) || left == 0) {
                return now;
            }
        }
    }

    static boolean isOver(JsonNode rollout) {
        return OVER.contains(rollout.path("state").asString(""));
    }

    static String sentence(JsonNode rollout) {
        String waiting = Printer.text(rollout.path("waitingFor"));
        return rollout.path("state").asString("") + ": " + Printer.text(rollout.path("reason"))
                + (waiting.isEmpty() ? "" : "; waits for: " + waiting);
    }

    /** What the judge's last look found of each stop condition. */
    static List<String> findings(JsonNode rollout) {
        List<String> lines = new ArrayList<>();
        for (JsonNode metric : rollout.path("metrics")) {
            lines.add("  " + metric.path("sentence").asString(""));
        }
        return lines;
    }

    /** 0 when the milestone was reached, else what the state says. */
    static int exitCode(JsonNode rollout, String until) {
        return rollout.path("milestones").has(until) && !isOver(rollout)
                ? ExitCode.DONE
                : ExitCode.ofState(rollout.path("state").asString(""));
    }
}

package io.slipway.cli;

import io.slipway.analysis.JudgeSpec;
import io.slipway.analysis.Prices;
import io.slipway.release.Metric;
import io.slipway.release.StopCondition;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The first line of a recording: what was compared, when, and by what.
 *
 * @param alpha of the conditions that are recorded, together
 * @param notRecorded series of the team's own that it was judged by, too
 */
record RecordingHead(
        String title,
        String rollout,
        String state,
        Instant since,
        Instant until,
        long minRequests,
        List<StopCondition> stopConditions,
        double alpha,
        List<String> notRecorded,
        Prices prices) {

    static RecordingHead read(Path file) {
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            String line = reader.readLine();
            return of(ApiClient.JSON.readTree(line == null ? "" : line));
        } catch (IOException e) {
            throw new CommandFailed(ExitCode.USAGE, "cannot read " + file + ": " + FailureText.reason(e));
        } catch (JacksonException | DateTimeException | IllegalArgumentException e) {
            throw new CommandFailed(
                    ExitCode.USAGE,
                    file + " is not a recording: its first line does not say what was compared (" + e.getMessage()
                            + "). Save one with 'slipway replay ROLLOUT --save FILE'; plain data is judged by 'slipway judge'");
        }
    }

    private static RecordingHead of(JsonNode head) {
        if (!head.has("stopConditions")) {
            throw new IllegalArgumentException("no stopConditions");
        }
        JsonNode cost = head.path("cost");
        List<StopCondition> conditions = new ArrayList<>();
        head.path("stopConditions").forEach(c -> conditions.add(condition(c)));
        String stable = head.has("stable") ? " against r" + head.path("stable").asString("") : "";
        return new RecordingHead(
                head.path("service").asString("") + " r" + head.path("revision").asString("") + stable,
                head.path("rollout").asString(""),
                head.path("state").asString(""),
                Instant.parse(head.path("since").asString("")),
                Instant.parse(head.path("until").asString("")),
                head.path("minRequests").asLong(1),
                conditions,
                head.path("alpha").asDouble(JudgeSpec.DEFAULT_ALPHA),
                head.path("notRecorded").valueStream().map(JsonNode::asString).toList(),
                new Prices(
                        cost.path("cpuHour").asDouble(0),
                        cost.path("gibHour").asDouble(0),
                        cost.path("egressGib").asDouble(0),
                        cost.path("currency").asString("")));
    }

    private static StopCondition condition(JsonNode given) {
        String name = given.path("metric").asString("");
        Metric metric = Arrays.stream(Metric.values())
                .filter(m -> m.isBuiltIn() && m.isDeclared() && m.label().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown metric '" + name + "'"));
        if (metric == Metric.BURN_RATE) {
            return new StopCondition.Burns(given.path("objective").asDouble(0));
        }
        return given.has("regressesBy")
                ? new StopCondition.Regresses(metric, given.path("regressesBy").asDouble(0))
                : new StopCondition.Above(
                        metric,
                        given.path("above").asDouble(0),
                        Duration.ofSeconds(given.path("for").asLong(0)));
    }

    /** As it was declared. */
    JudgeSpec declared(boolean control) {
        return new JudgeSpec(stopConditions, prices, alpha, minRequests, control);
    }

    /** By other conditions. */
    JudgeSpec by(JudgeSpec other, boolean control) {
        return new JudgeSpec(
                other.stopConditions(), other.prices(), other.alpha(), minRequests, control && other.control());
    }
}

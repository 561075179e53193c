package io.slipway.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code slipway rollout}: by rollout id, or by service name for its latest. */
@Command(name = "rollout", description = "See rollouts and decide upon them.")
final class RolloutCommand extends CommandGroup {
    @Command(name = "ls", description = "The latest rollouts.")
    int ls(
            @Mixin ApiOptions options,
            @Option(names = "--service", paramLabel = "NAME", description = "Only of this service.") @Nullable
                    String service) {
        JsonNode page = options.client()
                .get("/api/v1/rollouts" + (service == null ? "" : "?service=" + ApiClient.encode(service)));
        if (options.json()) {
            printer().json(page);
            return ExitCode.DONE;
        }
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode one : page.has("items") ? page.path("items") : page) {
            rows.add(List.of(
                    one.path("id").asString(""),
                    one.path("service").asString(""),
                    "r" + one.path("revision").asString(""),
                    one.path("state").asString(""),
                    one.path("owner").asString(""),
                    Printer.text(one.path("reason"))));
        }
        printer().table(List.of("ROLLOUT", "SERVICE", "REVISION", "STATE", "OWNER", "WHY"), rows);
        return ExitCode.DONE;
    }

    @Command(name = "status", description = "Where it is, why, and what it waits for.")
    int status(@Mixin ApiOptions options, @Parameters(paramLabel = "ROLLOUT|SERVICE") String name) {
        ApiClient api = options.client();
        JsonNode rollout = api.get("/api/v1/rollouts/" + ApiClient.encode(idOf(api, name)));
        show(options, rollout);
        return ExitCode.DONE;
    }

    @Command(name = "watch", description = "Follow it to its end.")
    int watch(
            @Mixin ApiOptions options,
            @Parameters(paramLabel = "ROLLOUT|SERVICE") String name,
            @Option(
                            names = "--until",
                            paramLabel = "MILESTONE",
                            defaultValue = "settled",
                            description = "checked, promoted or settled. Default: settled.")
                    String until,
            @Option(
                            names = "--timeout",
                            paramLabel = "DURATION",
                            defaultValue = "25h",
                            description = "Stop following after that; the rollout goes on. Default: 25h.")
                    String timeout) {
        ApiClient api = options.client();
        Duration limit = Durations.parse("--timeout", timeout);
        JsonNode end = new RolloutFollower(api, options.json() ? line -> {} : printer()::line)
                .follow(idOf(api, name), until, limit);
        if (options.json()) {
            printer().json(end);
        }
        return RolloutFollower.exitCode(end, until);
    }

    @Command(name = "approve", description = "Let it pass an approval step.")
    int approve(@Mixin ApiOptions options, @Parameters(paramLabel = "ROLLOUT|SERVICE") String name, @Mixin Why why) {
        return act(options, name, "approve", why, Map.of());
    }

    @Command(name = "pause", description = "Hold it where it is; deadlines stand still.")
    int pause(@Mixin ApiOptions options, @Parameters(paramLabel = "ROLLOUT|SERVICE") String name, @Mixin Why why) {
        return act(options, name, "pause", why, Map.of());
    }

    @Command(name = "resume", description = "Go on after a pause.")
    int resume(@Mixin ApiOptions options, @Parameters(paramLabel = "ROLLOUT|SERVICE") String name, @Mixin Why why) {
        return act(options, name, "resume", why, Map.of());
    }

    @Command(
            name = "promote",
            description = "Skip the steps that are left and go to 100%%, but for the equal share of the one stable"
                    + " replica that a watch with a control compares with.")
    int promote(@Mixin ApiOptions options, @Parameters(paramLabel = "ROLLOUT|SERVICE") String name, @Mixin Why why) {
        return act(options, name, "promote", why, Map.of());
    }

    @Command(name = "abort", description = "Give it up before promotion.")
    int abort(@Mixin ApiOptions options, @Parameters(paramLabel = "ROLLOUT|SERVICE") String name, @Mixin Why why) {
        return act(options, name, "abort", why, Map.of());
    }

    @Command(name = "revert", description = "Take it back now, whatever its state.")
    int revert(@Mixin ApiOptions options, @Parameters(paramLabel = "ROLLOUT|SERVICE") String name, @Mixin Why why) {
        return act(options, name, "revert", why, Map.of());
    }

    @Command(name = "accept", description = "Take an unproven revision as it is.")
    int accept(@Mixin ApiOptions options, @Parameters(paramLabel = "ROLLOUT|SERVICE") String name, @Mixin Why why) {
        return act(options, name, "accept", why, Map.of());
    }

    @Command(name = "extend", description = "Watch longer.")
    int extend(
            @Mixin ApiOptions options,
            @Parameters(paramLabel = "ROLLOUT|SERVICE") String name,
            @Option(names = "--for", required = true, paramLabel = "DURATION", description = "So much longer, as 12h.")
                    String more,
            @Mixin Why why) {
        return act(options, name, "extend", why, Map.of("for", more));
    }

    private int act(ApiOptions options, String name, String verb, Why why, Map<String, Object> more) {
        ApiClient api = options.client();
        Map<String, Object> body = new HashMap<>(more);
        body.put("reason", why.reason());
        JsonNode answer = api.post("/api/v1/rollouts/" + ApiClient.encode(idOf(api, name)) + "/" + verb, body);
        if (options.json()) {
            printer().json(answer);
        } else {
            printer().line("Asked to " + verb + " " + name + ".");
        }
        return ExitCode.DONE;
    }

    private void show(ApiOptions options, JsonNode rollout) {
        if (options.json()) {
            printer().json(rollout);
            return;
        }
        printer()
                .line(rollout.path("service").asString("") + " r"
                        + rollout.path("revision").asString("") + ", owner "
                        + rollout.path("owner").asString(""));
        printer().line(RolloutFollower.sentence(rollout));
        RolloutFollower.findings(rollout).forEach(printer()::line);
    }

    /** A rollout id as it is; a service's name becomes its latest rollout. */
    static String idOf(ApiClient api, String name) {
        JsonNode page = api.get("/api/v1/rollouts?limit=1&service=" + ApiClient.encode(name));
        JsonNode items = page.has("items") ? page.path("items") : page;
        return items.size() > 0 ? items.get(0).path("id").asString(name) : name;
    }

    /** The reason that every intervention records. */
    static final class Why {
        @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why; it is recorded.")
        private String reason = "";

        String reason() {
            return reason;
        }
    }
}

package io.slipway.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code slipway service}. */
@Command(name = "service", description = "See services.")
final class ServiceCommand extends CommandGroup {
    private static final int DIGEST_SHOWN = "sha256:".length() + 12;

    @Command(name = "ls", description = "All services and their state.")
    int ls(@Mixin ApiOptions options) {
        JsonNode page = options.client().get("/api/v1/services");
        if (options.json()) {
            printer().json(page);
            return ExitCode.DONE;
        }
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode one : page.has("items") ? page.path("items") : page) {
            rows.add(List.of(
                    one.path("name").asString(""),
                    revision(one.path("stable")),
                    one.path("owner").asString(""),
                    Printer.text(one.path("sentence"))));
        }
        printer().table(List.of("SERVICE", "STABLE", "OWNER", "STATE"), rows);
        return ExitCode.DONE;
    }

    @Command(name = "show", description = "One service.")
    int show(@Mixin ApiOptions options, @Parameters(paramLabel = "SERVICE") String name) {
        JsonNode one = options.client().get("/api/v1/services/" + ApiClient.encode(name));
        if (options.json()) {
            printer().json(one);
        } else {
            printer()
                    .line(name + ", stable " + revision(one.path("stable")) + ", owner "
                            + one.path("owner").asString(""));
            printer().line(Printer.text(one.path("sentence")));
        }
        return ExitCode.DONE;
    }

    @Command(name = "history", description = "Its revisions.")
    int history(@Mixin ApiOptions options, @Parameters(paramLabel = "SERVICE") String name) {
        JsonNode page = options.client().get("/api/v1/services/" + ApiClient.encode(name) + "/revisions");
        if (options.json()) {
            printer().json(page);
            return ExitCode.DONE;
        }
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode one : page.has("items") ? page.path("items") : page) {
            rows.add(List.of(
                    revision(one.path("revision")),
                    one.path("image").asString(""),
                    brief(one.path("digest").asString("")),
                    one.path("createdAt").asString(""),
                    one.path("createdBy").asString("")));
        }
        printer().table(List.of("REVISION", "IMAGE", "DIGEST", "CREATED", "BY"), rows);
        return ExitCode.DONE;
    }

    @Command(name = "unhold", description = "Allow releases again after an automatic revert.")
    int unhold(
            @Mixin ApiOptions options,
            @Parameters(paramLabel = "SERVICE") String name,
            @Option(names = "--reason", required = true, paramLabel = "TEXT") String reason) {
        JsonNode answer = options.client()
                .post("/api/v1/services/" + ApiClient.encode(name) + "/unhold", Map.of("reason", reason));
        if (options.json()) {
            printer().json(answer);
        } else {
            printer().line(name + " takes releases again.");
        }
        return ExitCode.DONE;
    }

    /** Enough to tell images apart. */
    private static String brief(String digest) {
        return digest.substring(0, Math.min(digest.length(), DIGEST_SHOWN));
    }

    private static String revision(JsonNode node) {
        String number = node.isObject() ? node.path("number").asString("") : node.asString("");
        return number.isEmpty() ? "-" : "r" + number;
    }
}

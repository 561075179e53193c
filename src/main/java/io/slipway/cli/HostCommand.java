package io.slipway.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code slipway host}. */
@Command(name = "host", description = "See hosts.")
final class HostCommand extends CommandGroup {
    @Command(name = "ls", description = "All hosts and when they were last heard of.")
    int ls(@Mixin ApiOptions options) {
        JsonNode page = options.client().get("/api/v1/hosts");
        Printer printer = printer();
        if (options.json()) {
            printer.json(page);
            return ExitCode.DONE;
        }
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode one : page.has("items") ? page.path("items") : page) {
            rows.add(List.of(
                    one.path("name").asString(""),
                    one.path("alive").asBoolean(false) ? "alive" : "unknown",
                    one.path("cpus").asString(""),
                    one.path("seenAt").asString("")));
        }
        printer.table(List.of("HOST", "STATE", "CPUS", "SEEN"), rows);
        return ExitCode.DONE;
    }
}

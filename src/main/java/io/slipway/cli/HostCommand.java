package io.slipway.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code slipway host}. */
@Command(name = "host", mixinStandardHelpOptions = true, description = "See hosts.")
final class HostCommand {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(name = "ls", mixinStandardHelpOptions = true, description = "All hosts and when they were last heard of.")
    int ls(@Mixin ApiOptions options) {
        JsonNode page = options.client().get("/api/v1/hosts");
        Printer printer = new Printer(spec.commandLine().getOut());
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

package io.slipway.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code slipway runbook}. */
@Command(name = "runbook", description = "Read and export the runbook.")
final class RunbookCommand extends CommandGroup {
    @Command(name = "ls", description = "All entries, each in its newest version.")
    int ls(@Mixin ApiOptions options) {
        JsonNode page = options.client().get("/api/v1/runbooks");
        if (options.json()) {
            printer().json(page);
            return ExitCode.DONE;
        }
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode one : page.has("items") ? page.path("items") : page) {
            rows.add(List.of(
                    one.path("slug").asString(""),
                    one.path("version").asString(""),
                    one.path("title").asString(""),
                    one.path("at").asString("")));
        }
        printer().table(List.of("ENTRY", "VERSION", "TITLE", "AT"), rows);
        return ExitCode.DONE;
    }

    @Command(name = "show", description = "One entry, as Markdown.")
    int show(
            @Mixin ApiOptions options,
            @Parameters(paramLabel = "ENTRY") String slug,
            @Option(names = "--version", paramLabel = "N", description = "Default: the newest.") @Nullable
                    Integer version) {
        ApiClient api = options.client();
        JsonNode entry = api.get("/api/v1/runbooks/" + ApiClient.encode(slug) + "/versions/"
                + (version == null ? newest(api, slug) : version));
        if (options.json()) {
            printer().json(entry);
        } else {
            printer().block(entry.path("markdown").asString(""));
        }
        return ExitCode.DONE;
    }

    private static int newest(ApiClient api, String slug) {
        for (JsonNode entry : api.get("/api/v1/runbooks").path("items")) {
            if (entry.path("slug").asString("").equals(slug)) {
                return entry.path("version").asInt();
            }
        }
        throw new CommandFailed(ExitCode.FAILED, "there is no runbook entry " + slug + ". See: slipway runbook ls");
    }

    @Command(name = "export", description = "All of it, for auditors.")
    int export(
            @Mixin ApiOptions options,
            @Option(
                            names = "--format",
                            paramLabel = "FORMAT",
                            defaultValue = "markdown",
                            description = "markdown or json. Default: markdown.")
                    String format) {
        String text = options.client().getText("/api/v1/runbooks/export?format=" + ApiClient.encode(format));
        printer().block(text);
        return ExitCode.DONE;
    }
}

package io.slipway.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code slipway release}: from a terminal or a pipeline. */
@Command(name = "release", description = "Release a service as its file says. Ctrl-C leaves the rollout running.")
final class ReleaseCommand implements Callable<Integer> {
    @Mixin
    private ApiOptions options = new ApiOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description = "The service file, YAML or JSON.")
    private Path file = Path.of("slipway.yaml");

    @Option(names = "--image", paramLabel = "REF", description = "In place of the file's image.")
    private @Nullable String image;

    @Option(names = "--wait", paramLabel = "MILESTONE", description = "Wait until: checked, promoted or settled.")
    private @Nullable Until until;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            description = "With --wait: give up waiting (the rollout goes on). Default: 20m.")
    private String timeout = "20m";

    @Option(
            names = "--idempotency-key",
            paramLabel = "KEY",
            description = "The same key again gives the same release, not a second one.")
    private @Nullable String key;

    /** What can be waited for. */
    enum Until {
        CHECKED,
        PROMOTED,
        SETTLED
    }

    @Override
    public Integer call() {
        ApiClient api = options.client();
        Printer printer = new Printer(spec.commandLine().getOut());
        Duration limit = Durations.parse("--timeout", timeout);
        String body = ServiceFile.withImage(read(file), Optional.ofNullable(image));
        JsonNode made = api.post("/api/v1/releases", body, "application/yaml", Optional.ofNullable(key));
        String rollout = made.path("rollout").path("id").asString("");
        if (until == null) {
            if (options.json()) {
                printer.json(made);
            } else {
                printer.line("Rollout " + rollout + " has begun: " + api.server() + "/rollouts/" + rollout);
            }
            return ExitCode.DONE;
        }
        String milestone = until.name().toLowerCase(Locale.ROOT);
        if (!options.json()) {
            printer.line("Rollout " + rollout + ". To go on waiting after Ctrl-C: slipway rollout watch " + rollout);
        }
        JsonNode end =
                new RolloutFollower(api, options.json() ? line -> {} : printer::line).follow(rollout, milestone, limit);
        if (options.json()) {
            printer.json(end);
        }
        return RolloutFollower.exitCode(end, milestone);
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new CommandFailed(
                    ExitCode.USAGE,
                    "cannot read the service file " + file + ": " + FailureText.reason(unreadable)
                            + ". Name it with -f.");
        }
    }
}

package io.slipway.cli;

import io.slipway.sandbox.Sandboxes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code slipway inspect}. */
@Command(name = "inspect", description = "Everything that is known of a container.")
final class InspectCommand extends SandboxCommand {
    @Parameters(paramLabel = "CONTAINER")
    private String id = "";

    @Override
    int run(Sandboxes sandboxes) {
        JsonNode node = SandboxView.inspect(RuntimeOptions.find(sandboxes, id));
        if (options().json()) {
            printer().json(node);
        } else {
            printer().pretty(node);
        }
        return ExitCode.DONE;
    }
}

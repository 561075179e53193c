package io.slipway.cli;

import io.slipway.sandbox.Explanation;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code slipway explain}. */
@Command(name = "explain", description = "Every system call that made a container, with its result and time.")
final class ExplainCommand extends SandboxCommand {
    @Parameters(paramLabel = "CONTAINER")
    private String id = "";

    @Override
    int run(Sandboxes sandboxes) throws IOException {
        Explanation explanation = RuntimeOptions.find(sandboxes, id).explain();
        if (options().json()) {
            printer().json(ExplanationView.json(explanation));
        } else {
            explanation.lines().forEach(printer()::line);
        }
        return ExitCode.DONE;
    }
}

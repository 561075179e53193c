package io.slipway.cli;

import io.slipway.sandbox.Sandboxes;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code slipway resume}. */
@Command(name = "resume", description = "Let paused containers go on.")
final class ResumeCommand extends SandboxCommand {
    @Parameters(paramLabel = "CONTAINER", arity = "1..*")
    private List<String> ids = new ArrayList<>();

    @Override
    int run(Sandboxes sandboxes) {
        return forEach(ids, sandboxes, sandbox -> {
            sandbox.resume();
            SandboxView.changed(sandbox, options(), printer());
        });
    }
}

package io.slipway.cli;

import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
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
        for (String id : ids) {
            Sandbox sandbox = RuntimeOptions.find(sandboxes, id);
            try {
                sandbox.resume();
            } catch (IOException e) {
                throw new CommandFailed(ExitCode.FAILED, String.valueOf(e.getMessage()));
            }
            SandboxView.changed(sandbox, options(), printer());
        }
        return ExitCode.DONE;
    }
}

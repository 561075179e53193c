package io.slipway.cli;

import io.slipway.sandbox.Sandboxes;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code slipway pause}. */
@Command(
        name = "pause",
        description = "Stop all processes of containers where they are; they keep their memory, and answer nothing.",
        footer = {"", "'slipway resume' lets them go on. stop and kill work on paused ones too."})
final class PauseCommand extends SandboxCommand {
    @Parameters(paramLabel = "CONTAINER", arity = "1..*")
    private List<String> ids = new ArrayList<>();

    @Override
    int run(Sandboxes sandboxes) {
        return forEach(ids, sandboxes, sandbox -> {
            sandbox.pause();
            SandboxView.changed(sandbox, options(), printer());
        });
    }
}

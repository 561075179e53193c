package io.slipway.cli;

import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code slipway rm}. */
@Command(name = "rm", description = "Remove containers that do not run, with their files and logs.")
final class RmCommand extends SandboxCommand {
    @Option(
            names = {"-f", "--force"},
            description = "Kill those that run.")
    private boolean force;

    @Parameters(paramLabel = "CONTAINER", arity = "1..*")
    private List<String> ids = new ArrayList<>();

    @Override
    int run(Sandboxes sandboxes) {
        return forEach(ids, sandboxes, sandbox -> {
            if (sandbox.state() == Sandbox.State.RUNNING && !force) {
                throw new CommandFailed(
                        ExitCode.FAILED,
                        "container " + sandbox.id() + " runs. Stop it first, or remove it with --force.");
            }
            sandboxes.remove(forgoRestarts(sandboxes, sandbox));
            printer().removed("id", sandbox.id(), options().json());
        });
    }
}

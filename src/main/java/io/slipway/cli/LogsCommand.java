package io.slipway.cli;

import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code slipway logs}. */
@Command(name = "logs", description = "What a container wrote to its standard output and error.")
final class LogsCommand extends SandboxCommand {
    @Option(
            names = {"-f", "--follow"},
            description = "Go on until it ends.")
    private boolean follow;

    @Parameters(paramLabel = "CONTAINER")
    private String id = "";

    @Override
    int run(Sandboxes sandboxes) throws IOException, InterruptedException {
        Sandbox sandbox = RuntimeOptions.find(sandboxes, id);
        LogFollower logs = new LogFollower(sandbox);
        if (follow) {
            logs.follow(System.out, System.err);
        } else {
            logs.once(System.out, System.err);
        }
        return ExitCode.DONE;
    }
}

package io.slipway.cli;

import io.slipway.sandbox.Exit;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code slipway stop}. */
@Command(name = "stop", description = "Ask containers to end, and kill those that have not after the grace.")
final class StopCommand extends SandboxCommand {
    @Option(
            names = "--signal",
            paramLabel = "SIGNAL",
            description = "That asks. Default: the container's, mostly SIGTERM.")
    private @Nullable String signal;

    @Option(names = "--grace", paramLabel = "DURATION", description = "Default: 10s.")
    private String grace = "10s";

    @Parameters(paramLabel = "CONTAINER", arity = "1..*")
    private List<String> ids = new ArrayList<>();

    @Override
    int run(Sandboxes sandboxes) {
        Duration patience = Durations.parse("--grace", grace);
        return forEach(ids, sandboxes, found -> {
            Sandbox sandbox = forgoRestarts(sandboxes, found);
            Exit exit = sandbox.stop(signal == null ? StopSignal.of(sandbox) : signal, patience);
            if (options().json()) {
                printer().json(SandboxView.json(sandbox));
            } else {
                printer().line(sandbox.id() + " " + exit.text());
            }
        });
    }
}

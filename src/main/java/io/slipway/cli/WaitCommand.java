package io.slipway.cli;

import io.slipway.sandbox.Exit;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code slipway wait}. */
@Command(
        name = "wait",
        description = "Wait until containers have ended, and print how.",
        footer = {"", "Ends with 0 when all have ended, whatever their exit codes; with 5 when the time is over before."
        })
final class WaitCommand extends SandboxCommand {
    private static final Duration FOREVER = Duration.ofDays(3650);

    @Option(names = "--timeout", paramLabel = "DURATION", description = "Default: for ever.")
    private @Nullable String timeout;

    @Parameters(paramLabel = "CONTAINER", arity = "1..*")
    private List<String> ids = new ArrayList<>();

    @Override
    int run(Sandboxes sandboxes) {
        Duration patience = timeout == null ? FOREVER : Durations.parse("--timeout", timeout);
        long end = System.nanoTime() + patience.toNanos();
        return forEach(ids, sandboxes, sandbox -> await(sandbox, end));
    }

    private void await(Sandbox sandbox, long end) throws InterruptedException {
        if (sandbox.state() == Sandbox.State.CREATED) {
            throw new CommandFailed(
                    ExitCode.FAILED,
                    "container " + sandbox.id() + " was not started; 'slipway start " + sandbox.id() + "' does");
        }
        Optional<Exit> exit = sandbox.awaitExit(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
        if (exit.isEmpty()) {
            throw new CommandFailed(
                    ExitCode.STILL_WAITING, "container " + sandbox.id() + " still runs after " + timeout);
        }
        if (options().json()) {
            printer().json(SandboxView.json(sandbox));
        } else {
            printer().line(sandbox.id() + " " + exit.get().text());
        }
    }
}

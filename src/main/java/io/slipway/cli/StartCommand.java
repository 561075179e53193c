package io.slipway.cli;

import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code slipway start}. */
@Command(
        name = "start",
        description = "Start containers that were created, or have ended: these with the files that they have written.",
        footer = {
            "",
            "Left running, unless --attach, -i, -t, --restart or --health-... ask for more; then as "
                    + "'slipway run', with the same exit codes. What runs already goes on. Secrets are read anew from "
                    + "their files."
        })
final class StartCommand extends StartingCommand {
    @Option(
            names = {"-a", "--attach"},
            description = "Show what it writes from now on, and wait for its end.")
    private boolean attach;

    @Parameters(paramLabel = "CONTAINER", arity = "1..*")
    private List<String> ids = new ArrayList<>();

    @Override
    int run(Sandboxes sandboxes) throws Exception {
        boolean detach = !attach && !staysAsked();
        check(detach);
        if (detach) {
            return forEach(ids, sandboxes, sandbox -> {
                if (sandbox.state() == Sandbox.State.RUNNING) {
                    // Who started it has seen to its log.
                    SandboxView.changed(sandbox, options(), printer());
                } else {
                    leave(begin(sandboxes, sandbox, secrets(sandbox)));
                }
            });
        }
        if (ids.size() > 1) {
            throw new CommandFailed(
                    ExitCode.USAGE,
                    "one container is stayed with, not " + ids.size() + "; start the others without it");
        }
        Sandbox resting = RuntimeOptions.find(sandboxes, ids.getFirst());
        if (resting.state() == Sandbox.State.RUNNING) {
            throw new CommandFailed(
                    ContainerOptions.NOT_STARTED,
                    "container " + resting.id() + " runs already; see 'slipway logs --follow " + resting.id() + "'");
        }
        Map<String, byte[]> secrets = begun(() -> secrets(resting));
        return stay(sandboxes, secrets, () -> {
            LogFollower logs = new LogFollower(resting);
            logs.once(LogSinks.NONE);
            return new Started(begin(sandboxes, resting, secrets), logs);
        });
    }

    private static Map<String, byte[]> secrets(Sandbox sandbox) throws IOException {
        try {
            return SecretFile.read(SecretFile.of(sandbox.spec()));
        } catch (CommandFailed e) {
            // Nothing was said wrong: it was there when the container was created.
            throw new CommandFailed(
                    ContainerOptions.NOT_STARTED,
                    "container " + sandbox.id() + " cannot be started: " + e.getMessage());
        }
    }

    private Sandbox begin(Sandboxes sandboxes, Sandbox resting, Map<String, byte[]> secrets) throws IOException {
        if (SandboxView.restarting(resting)) {
            throw new CommandFailed(
                    ContainerOptions.NOT_STARTED,
                    "container " + resting.id() + " is just being started again by the 'slipway run --restart' that"
                            + " looks after it; wait for that, or stop it first");
        }
        resting.forgetUpkeep();
        return started(() -> sandboxes.start(resting, console(), secrets));
    }
}

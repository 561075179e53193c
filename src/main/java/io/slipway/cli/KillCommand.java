package io.slipway.cli;

import io.slipway.linux.Signal;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code slipway kill}. */
@Command(name = "kill", description = "Send containers a signal; SIGKILL ends them with all that is in them.")
final class KillCommand extends SandboxCommand {
    /** By which it is asked to end: SIGINT, SIGQUIT, SIGKILL, SIGTERM. Others it may take for something else. */
    private static final Set<Integer> ENDING = Set.of(2, 3, Signal.SIGKILL, Signal.SIGTERM);

    @Option(names = "--signal", paramLabel = "SIGNAL", description = "Default: SIGKILL.")
    private String signal = "SIGKILL";

    @Parameters(paramLabel = "CONTAINER", arity = "1..*")
    private List<String> ids = new ArrayList<>();

    @Override
    int run(Sandboxes sandboxes) {
        int number = number();
        return forEach(ids, sandboxes, found -> {
            Sandbox sandbox = ENDING.contains(number) ? forgoRestarts(sandboxes, found) : found;
            if (sandbox.exit().isPresent()) {
                String how = sandbox.exit().get().text();
                boolean created = sandbox.state() == Sandbox.State.CREATED;
                throw new CommandFailed(
                        ExitCode.FAILED,
                        "container " + sandbox.id() + (created ? " was " + how : " has ended already (" + how + ")")
                                + "; nothing was sent");
            }
            if (number == Signal.SIGKILL) {
                sandbox.kill();
            } else {
                sandbox.signal(signal);
            }
            SandboxView.changed(sandbox, options(), printer());
        });
    }

    private int number() {
        try {
            return Signal.number(signal);
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }
}

package io.slipway.cli;

import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code slipway run}. */
@Command(
        name = "run",
        description = "Run a container, and wait for its end unless --detach is given.",
        footer = {
            "",
            "Ends with the container's own exit code; 128 + signal when a signal ended it (137: killed, "
                    + "also over its memory limit); 127 when its command or the interpreter of that is not there, 126 "
                    + "when it cannot be executed; 125 when it could not be started. One that was given up at "
                    + "--start-limit, or stopped for being unhealthy, has failed: 1 where it exited with 0."
        })
final class RunCommand extends StartingCommand {
    @Option(
            names = {"-d", "--detach"},
            description = "Print its id and leave it running. What it writes is limited by --log-max-... all the same.")
    private boolean detach;

    @Mixin
    private NewContainer created = new NewContainer();

    @Override
    int run(Sandboxes sandboxes) throws Exception {
        check(detach);
        created.checkName();
        Map<String, byte[]> secrets = begun(created::secrets);
        if (detach) {
            leave(begun(() -> begin(sandboxes, secrets)));
            return ExitCode.DONE;
        }
        return stay(sandboxes, secrets, () -> {
            Sandbox sandbox = begin(sandboxes, secrets);
            return new Started(sandbox, new LogFollower(sandbox));
        });
    }

    private Sandbox begin(Sandboxes sandboxes, Map<String, byte[]> secrets) throws IOException {
        return created.make(this, sandboxes, console(), spec -> sandboxes.start(spec, secrets));
    }
}

package io.slipway.cli;

import io.slipway.sandbox.Console;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code slipway create}. */
@Command(
        name = "create",
        description =
                "Make a container that 'slipway start' starts: its image is brought and kept, its id and its ids are taken.",
        footer = {
            "",
            "'slipway explain ID' shows every system call that will start it. -i, -t, --restart and "
                    + "--health-... belong to each start. Ends with 125 when it could not be made."
        })
final class CreateCommand extends SandboxCommand {
    @Mixin
    private NewContainer created = new NewContainer();

    @Override
    int notBegun() {
        return ContainerOptions.NOT_STARTED;
    }

    @Override
    int run(Sandboxes sandboxes) {
        created.checkName();
        SandboxView.changed(begun(() -> make(sandboxes)), options(), printer());
        return ExitCode.DONE;
    }

    private Sandbox make(Sandboxes sandboxes) throws IOException {
        // Not kept, but what cannot be read is said before there is a container.
        created.secrets();
        return created.make(this, sandboxes, Console.NONE, sandboxes::create);
    }
}

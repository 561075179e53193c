package io.slipway.cli;

import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import io.slipway.sandbox.cgroup.Limits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code slipway update}. */
@Command(
        name = "update",
        description = "Change limits of containers while they run; what is not named stays.",
        footer = {"", "All of a container's changes are made, or none. Memory cannot be limited to less than is in use."
        })
final class UpdateCommand extends SandboxCommand {
    @Mixin
    private LimitOptions limits = new LimitOptions();

    @Parameters(paramLabel = "CONTAINER", arity = "1..*")
    private List<String> ids = new ArrayList<>();

    @Override
    int run(Sandboxes sandboxes) {
        for (String id : ids) {
            Sandbox sandbox = RuntimeOptions.find(sandboxes, id);
            Limits before = sandbox.spec().limits();
            Limits after = limits.over(before);
            if (after.equals(before)) {
                tell("container " + id + " has these limits already; see 'slipway inspect " + id + "'");
            }
            sandboxes.notes(after).forEach(note -> tell("note: " + note));
            try {
                sandbox.update(after);
            } catch (IllegalArgumentException e) {
                throw new CommandFailed(ExitCode.USAGE, String.valueOf(e.getMessage()));
            } catch (IOException e) {
                throw new CommandFailed(ExitCode.FAILED, String.valueOf(e.getMessage()));
            }
            SandboxView.changed(sandbox, options(), printer());
        }
        return ExitCode.DONE;
    }
}

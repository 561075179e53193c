package io.slipway.cli;

import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;

/** {@code slipway ps}. */
@Command(name = "ps", description = "Containers made by 'slipway run' and 'slipway create'.")
final class PsCommand extends SandboxCommand {
    @Option(names = "--all", description = "Those that were only created or have ended, too.")
    private boolean all;

    @Override
    int run(Sandboxes sandboxes) {
        List<Sandbox> shown = sandboxes.list().stream()
                .filter(sandbox -> all || sandbox.state() == Sandbox.State.RUNNING || SandboxView.restarting(sandbox))
                .sorted(Comparator.comparing(Sandbox::startedAt))
                .toList();
        if (options().json()) {
            ArrayNode array = ApiClient.JSON.createArrayNode();
            shown.forEach(sandbox -> array.add(SandboxView.json(sandbox)));
            printer().json(array);
        } else {
            printer()
                    .table(
                            SandboxView.header(),
                            shown.stream().map(SandboxView::row).toList());
        }
        return ExitCode.DONE;
    }
}

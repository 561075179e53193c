package io.slipway.cli;

import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import io.slipway.sandbox.Stats;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;

/** {@code slipway stats}. */
@Command(name = "stats", description = "What containers use now.")
final class StatsCommand extends SandboxCommand {
    private static final double MIB = 1 << 20;

    @Parameters(paramLabel = "CONTAINER", arity = "0..*", description = "Default: all that run.")
    private List<String> ids = new ArrayList<>();

    @Override
    int run(Sandboxes sandboxes) {
        List<Sandbox> shown = ids.isEmpty()
                ? sandboxes.list().stream()
                        .filter(sandbox -> sandbox.state() == Sandbox.State.RUNNING)
                        .sorted(Comparator.comparing(Sandbox::id))
                        .toList()
                : ids.stream().map(id -> RuntimeOptions.find(sandboxes, id)).toList();
        if (options().json()) {
            ArrayNode array = ApiClient.JSON.createArrayNode();
            shown.forEach(sandbox -> array.add(SandboxView.stats(sandbox)));
            printer().json(array);
        } else {
            printer()
                    .table(
                            List.of("CONTAINER", "CPU SECONDS", "MEMORY MIB", "PIDS", "OOM KILLS"),
                            shown.stream().map(StatsCommand::row).toList());
        }
        return ExitCode.DONE;
    }

    private static List<String> row(Sandbox sandbox) {
        Stats stats = sandbox.stats();
        return List.of(
                sandbox.id(),
                String.format(Locale.ROOT, "%.2f", stats.cpuSeconds()),
                String.format(Locale.ROOT, "%.1f", stats.memoryBytes() / MIB),
                Integer.toString(stats.pids()),
                Long.toString(stats.oomKills()));
    }
}

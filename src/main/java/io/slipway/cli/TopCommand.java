package io.slipway.cli;

import io.slipway.sandbox.ContainerProcess;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;

/** {@code slipway top}. */
@Command(
        name = "top",
        description = "The processes of containers.",
        footer = {"", "CPU %% is of one core, over half a second. INSIDE is the pid that the container itself sees."})
final class TopCommand extends SandboxCommand {
    private static final double MIB = 1 << 20;
    private static final long LOOK_NANOS = 500_000_000L;
    private static final List<String> HEADER = List.of(
            "CONTAINER", "PID", "INSIDE", "USER", "STATE", "CPU %", "CPU SECONDS", "RSS MIB", "THREADS", "COMMAND");

    @Parameters(paramLabel = "CONTAINER", arity = "0..*", description = "Default: all that run.")
    private List<String> ids = new ArrayList<>();

    /** A process, and how busy it was. */
    private record Line(String container, ContainerProcess process, double cpuPercent) {}

    @Override
    int run(Sandboxes sandboxes) throws IOException, InterruptedException {
        List<Sandbox> shown = ids.isEmpty()
                ? sandboxes.list().stream()
                        .filter(sandbox -> sandbox.state() == Sandbox.State.RUNNING)
                        .sorted(Comparator.comparing(Sandbox::id))
                        .toList()
                : ids.stream().map(id -> RuntimeOptions.find(sandboxes, id)).toList();
        Map<Integer, Double> before = new HashMap<>();
        for (Sandbox sandbox : shown) {
            sandbox.processes().forEach(process -> before.put(process.pid(), process.cpuSeconds()));
        }
        long start = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(LOOK_NANOS);
        List<Line> lines = new ArrayList<>();
        for (Sandbox sandbox : shown) {
            for (ContainerProcess process : sandbox.processes()) {
                double used = process.cpuSeconds() - before.getOrDefault(process.pid(), 0.0);
                lines.add(new Line(sandbox.id(), process, 100e9 * used / (System.nanoTime() - start)));
            }
        }
        print(lines);
        return ExitCode.DONE;
    }

    private void print(List<Line> lines) {
        if (!options().json()) {
            printer().table(HEADER, lines.stream().map(TopCommand::row).toList());
            return;
        }
        ArrayNode array = ApiClient.JSON.createArrayNode();
        for (Line line : lines) {
            ContainerProcess process = line.process;
            array.addObject()
                    .put("container", line.container)
                    .put("pid", process.pid())
                    .put("pidInside", process.pidInside())
                    .put("user", process.user())
                    .put("uid", process.uid())
                    .put("state", String.valueOf(process.state()))
                    .put("cpuPercent", line.cpuPercent)
                    .put("cpuSeconds", process.cpuSeconds())
                    .put("rssBytes", process.rssBytes())
                    .put("threads", process.threads())
                    .put("command", process.command());
        }
        printer().json(array);
    }

    private static List<String> row(Line line) {
        ContainerProcess process = line.process;
        return List.of(
                line.container,
                Integer.toString(process.pid()),
                Integer.toString(process.pidInside()),
                process.user(),
                String.valueOf(process.state()),
                String.format(Locale.ROOT, "%.1f", line.cpuPercent),
                String.format(Locale.ROOT, "%.2f", process.cpuSeconds()),
                String.format(Locale.ROOT, "%.1f", process.rssBytes() / MIB),
                Integer.toString(process.threads()),
                process.command());
    }
}

package io.slipway.cli;

import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;

/** {@code slipway stats}. */
@Command(
        name = "stats",
        description = "What containers use now, and have used since their start.",
        footer = {
            "",
            "CPU %% is of one core. MEMORY is without cache that can be dropped at once. THROTTLED is the "
                    + "part of the periods in which the cpu limit was met. WAITING is the part of the last 10 s in "
                    + "which a process waited for a resource (PSI). SENT and RECEIVED pass its network; EGRESS is "
                    + "what of it left the host for other machines. '-' is what this host does not count, or the "
                    + "container does not have; io needs an io limit under cgroup version 1."
        })
final class StatsCommand extends SandboxCommand {
    private static final Duration LOOK = Duration.ofMillis(200);

    @Option(names = "--follow", description = "Again and again, until they have ended or Ctrl-C.")
    private boolean follow;

    @Option(names = "--every", paramLabel = "DURATION", description = "With --follow. Default: 2s.")
    private String every = "2s";

    @Parameters(paramLabel = "CONTAINER", arity = "0..*", description = "Default: all that run.")
    private List<String> ids = new ArrayList<>();

    @Override
    int run(Sandboxes sandboxes) throws IOException, InterruptedException {
        Duration pause = Durations.parse("--every", every);
        Map<String, StatsSample> before = samples(sandboxes);
        Duration look = LOOK;
        do {
            TimeUnit.NANOSECONDS.sleep(look.toNanos());
            // Those that others start or end meanwhile are seen by it.
            sandboxes.adopt();
            Map<String, StatsSample> now = samples(sandboxes);
            show(before, now);
            before = now;
            look = pause;
        } while (follow && shown(sandboxes).stream().anyMatch(s -> s.state() == Sandbox.State.RUNNING));
        return ExitCode.DONE;
    }

    private List<Sandbox> shown(Sandboxes sandboxes) {
        return ids.isEmpty()
                ? sandboxes.list().stream()
                        .filter(sandbox -> sandbox.state() == Sandbox.State.RUNNING)
                        .toList()
                : ids.stream().map(id -> RuntimeOptions.find(sandboxes, id)).toList();
    }

    private Map<String, StatsSample> samples(Sandboxes sandboxes) throws IOException {
        Map<String, StatsSample> samples = new HashMap<>();
        for (Sandbox sandbox : shown(sandboxes)) {
            samples.put(sandbox.id(), StatsSample.of(sandbox, sandboxes.traffic(sandbox)));
        }
        return samples;
    }

    private void show(Map<String, StatsSample> before, Map<String, StatsSample> now) {
        List<StatsSample> sorted = now.values().stream()
                .sorted(Comparator.comparing(StatsSample::id))
                .toList();
        if (options().json()) {
            ArrayNode array = ApiClient.JSON.createArrayNode();
            sorted.forEach(sample -> array.add(sample.json(before.getOrDefault(sample.id(), sample))));
            printer().json(array);
        } else {
            printer()
                    .table(
                            StatsSample.HEADER,
                            sorted.stream()
                                    .map(sample -> sample.row(before.getOrDefault(sample.id(), sample)))
                                    .toList());
        }
    }
}

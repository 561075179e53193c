package io.slipway.cli;

import io.slipway.sandbox.ContainerEvent;
import io.slipway.sandbox.EventReader;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code slipway events}. */
@Command(
        name = "events",
        description = "What happened to containers: created, started, exec, paused, resumed, updated, oom, healthy, "
                + "unhealthy, ended, restarting, given_up, removed.",
        footer = {"", "A container that was removed is still known by its events, as long as these are kept."})
final class EventsCommand extends SandboxCommand {
    private static final long PAUSE_NANOS = 50_000_000L;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on until you end it.")
    private boolean follow;

    @Parameters(paramLabel = "CONTAINER", arity = "0..*", description = "Only of these. Default: of all.")
    private List<String> ids = new ArrayList<>();

    @Override
    int run(Sandboxes sandboxes) throws IOException, InterruptedException {
        // What was found out by coming here is told too.
        sandboxes.settle();
        Set<String> unseen = new TreeSet<>(ids);
        try (EventReader events = sandboxes.events().read()) {
            show(events, unseen);
            // Whoever follows may wait for one that is not there yet.
            if (!follow && !unseen.isEmpty()) {
                requireKnown(sandboxes, unseen);
            }
            while (follow && !Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(PAUSE_NANOS);
                show(events, unseen);
            }
        }
        return ExitCode.DONE;
    }

    /** One without an event may be there all the same: they are kept for a time. */
    private static void requireKnown(Sandboxes sandboxes, Set<String> unseen) {
        for (String id : unseen) {
            if (sandboxes.find(id).isEmpty()) {
                throw new CommandFailed(
                        ExitCode.FAILED,
                        "there is no container '" + id + "', and no event of one. See them with 'slipway ps --all'.");
            }
        }
    }

    private void show(EventReader events, Set<String> unseen) throws IOException {
        for (Optional<ContainerEvent> next = events.next(); next.isPresent(); next = events.next()) {
            ContainerEvent event = next.get();
            if (!ids.isEmpty() && !ids.contains(event.container())) {
                continue;
            }
            unseen.remove(event.container());
            String kind = event.kind().name().toLowerCase(Locale.ROOT);
            if (options().json()) {
                printer()
                        .json(ApiClient.JSON
                                .createObjectNode()
                                .put("at", event.at().toString())
                                .put("container", event.container())
                                .put("event", kind)
                                .put("detail", event.detail()));
            } else {
                printer().line((event.at() + " " + event.container() + " " + kind + " " + event.detail()).strip());
            }
        }
    }
}

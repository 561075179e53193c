package io.slipway.cli;

import io.slipway.sandbox.ContainerEvent;
import io.slipway.sandbox.EventReader;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code slipway events}. */
@Command(
        name = "events",
        description = {
            "What happened to containers: created, started, exec, paused, resumed, updated, oom, healthy, unhealthy,",
            "ended, restarting, given_up, removed."
        })
final class EventsCommand extends SandboxCommand {
    private static final long PAUSE_NANOS = 50_000_000L;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on until you end it.")
    private boolean follow;

    @Override
    int run(Sandboxes sandboxes) throws IOException, InterruptedException {
        // What was found out by coming here is told too.
        sandboxes.settle();
        try (EventReader events = sandboxes.events().read()) {
            show(events);
            while (follow && !Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(PAUSE_NANOS);
                show(events);
            }
        }
        return ExitCode.DONE;
    }

    private void show(EventReader events) throws IOException {
        for (Optional<ContainerEvent> next = events.next(); next.isPresent(); next = events.next()) {
            ContainerEvent event = next.get();
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

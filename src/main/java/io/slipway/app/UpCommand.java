package io.slipway.app;

import io.slipway.agent.LocalHost;
import io.slipway.agent.Supervisor;
import io.slipway.agent.SupervisorOptions;
import io.slipway.base.HostName;
import io.slipway.cli.Durations;
import io.slipway.cli.ExitCode;
import io.slipway.cli.HelpOption;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code slipway up}: everything on this host. */
@Command(
        name = "up",
        description = {
            "Agent, controller, edge and database on this host, on loopback. Runs until SIGTERM or Ctrl-C.",
            "Ending it stops controller and database; edge and containers go on serving, and the next 'up' takes them"
                    + " over."
        })
public final class UpCommand implements Callable<Integer> {
    @Mixin
    private HelpOption help = new HelpOption();

    @Option(names = "--data", paramLabel = "DIR", description = "Default: $SLIPWAY_DATA, or /var/lib/slipway.")
    private @Nullable Path data;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "REST and dashboard. Default: 8080; 0 takes a free one.")
    private int port = 8080;

    @Option(names = "--edge-port", paramLabel = "PORT", description = "The edge. Default: 8000; 0 takes a free one.")
    private int edgePort = 8000;

    @Option(names = "--fleet-port", paramLabel = "PORT", description = "Agents dial it. Default: a free one.")
    private int fleetPort;

    @Option(names = "--host", paramLabel = "NAME", description = "Name of this host. Default: its host name.")
    private @Nullable String host;

    @Option(names = "--window", paramLabel = "DURATION", description = "Length of a metric window. Default: 10s.")
    private String window = "10s";

    @Option(
            names = "--warm-up",
            paramLabel = "DURATION",
            description = "A replica younger than this is not judged. Default: three windows.")
    private @Nullable String warmUp;

    @Option(
            names = "--look-interval",
            paramLabel = "DURATION",
            description = "Between two looks of the judge. Default: 10s.")
    private String lookInterval = "10s";

    @Option(
            names = "--lease-length",
            paramLabel = "DURATION",
            description = "A controller that was killed is waited for so long by its successor. Default: 15s.")
    private String leaseLength = "15s";

    @Option(names = "--stop-containers", description = "At the end stop the edge and the containers too.")
    private boolean stopContainers;

    @Override
    public Integer call() throws IOException, InterruptedException {
        SupervisorOptions options = options();
        CompletableFuture<Supervisor> started = new CompletableFuture<>();
        Thread starting = Thread.currentThread();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            if (!started.isDone()) {
                                starting.interrupt();
                            }
                            end(started);
                        },
                        "end"));
        try {
            started.complete(Supervisor.start(options, found -> LocalHost.open(found.path(), found.owner())));
        } finally {
            started.cancel(false);
        }
        tell(started.join());
        Thread.currentThread().join();
        return ExitCode.DONE;
    }

    private SupervisorOptions options() throws IOException {
        String named = System.getenv("SLIPWAY_DATA");
        Path directory = data != null ? data : Path.of(named != null ? named : "/var/lib/slipway");
        Duration every = Durations.parse("--window", window);
        return new SupervisorOptions(
                directory,
                new HostName(host != null ? host : InetAddress.getLocalHost().getHostName()),
                port,
                edgePort,
                fleetPort,
                Optional.ofNullable(System.getenv("SLIPWAY_DATABASE_URL")),
                every,
                warmUp != null ? Durations.parse("--warm-up", warmUp) : every.multipliedBy(3),
                lookInterval,
                leaseLength);
    }

    private static void tell(Supervisor supervisor) throws IOException {
        System.out.println("Dashboard: " + supervisor.dashboard());
        System.out.println("Edge: " + supervisor.edge());
        boolean terminal = System.console() != null && System.console().isTerminal();
        String token =
                terminal ? "  " + Files.readString(supervisor.adminToken()).strip() : "";
        System.out.println("Admin token: " + supervisor.adminToken() + token);
    }

    private void end(CompletableFuture<Supervisor> started) {
        try {
            Supervisor supervisor = started.get();
            if (stopContainers) {
                supervisor.tearDown(false);
            } else {
                supervisor.close();
            }
            // The JVM's own status after a signal would be 143.
            Runtime.getRuntime().halt(ExitCode.DONE);
        } catch (CancellationException e) {
            // It never started, and what had been begun was taken back by the start itself.
            Runtime.getRuntime().halt(ExitCode.FAILED);
        } catch (IOException | InterruptedException | ExecutionException e) {
            System.err.println(
                    "slipway: ending: " + e.getMessage() + "; what is left is taken over by the next 'slipway up'");
            Runtime.getRuntime().halt(ExitCode.FAILED);
        }
    }
}

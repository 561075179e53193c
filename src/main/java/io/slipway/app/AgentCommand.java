package io.slipway.app;

import io.slipway.agent.Agent;
import io.slipway.agent.AgentOptions;
import io.slipway.agent.DataDirectory;
import io.slipway.agent.LocalHost;
import io.slipway.agent.ProxyEdge;
import io.slipway.base.HostName;
import io.slipway.cli.Durations;
import io.slipway.cli.ExitCode;
import io.slipway.cli.HelpOption;
import io.slipway.fleet.FleetClient;
import io.slipway.fleet.FleetToken;
import io.slipway.linux.Daemon;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code slipway agent}: the agent alone, beside an edge that is already there. Ends without touching a container. */
@Command(
        name = "agent",
        description = "The agent of one host: runs what the controller assigns. As root; runs until SIGTERM.")
public final class AgentCommand implements Callable<Integer> {
    private static final int OOM_SCORE_ADJ = -900;

    @Mixin
    private HelpOption help = new HelpOption();

    @Option(names = "--data", paramLabel = "DIR", description = "Default: $SLIPWAY_DATA, or /var/lib/slipway.")
    private @Nullable Path data;

    @Option(names = "--host", paramLabel = "NAME", description = "Name of this host. Default: its host name.")
    private @Nullable String host;

    @Option(names = "--controller", paramLabel = "URL", required = true, description = "The controller's fleet port.")
    @SuppressWarnings("NullAway.Init")
    private URI controller;

    @Option(
            names = "--fleet-token-file",
            paramLabel = "FILE",
            required = true,
            description = "Secret shared with the controller.")
    @SuppressWarnings("NullAway.Init")
    private Path fleetToken;

    @Option(
            names = "--edge-admin",
            paramLabel = "URL",
            required = true,
            description = "The admin port of this host's proxy.")
    @SuppressWarnings("NullAway.Init")
    private URI edgeAdmin;

    @Option(names = "--edge-token-file", paramLabel = "FILE", required = true, description = "The proxy's token.")
    @SuppressWarnings("NullAway.Init")
    private Path edgeToken;

    @Option(names = "--window", paramLabel = "DURATION", description = "Length of a metric window. Default: 10s.")
    private String window = "10s";

    @Option(
            names = "--warm-up",
            paramLabel = "DURATION",
            description = "A replica younger than this is not judged. Default: three windows.")
    private @Nullable String warmUp;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!Daemon.protectSelf(OOM_SCORE_ADJ)) {
            System.err.println("slipway: this machine does not let the agent protect itself from the OOM killer");
        }
        String named = System.getenv("SLIPWAY_DATA");
        Path directory = data != null ? data : Path.of(named != null ? named : "/var/lib/slipway");
        String name = host != null ? host : InetAddress.getLocalHost().getHostName();
        Duration every = Durations.parse("--window", window);
        AgentOptions options = AgentOptions.of(new HostName(name), directory.resolve("agent"))
                .withWindow(every, warmUp != null ? Durations.parse("--warm-up", warmUp) : every.multipliedBy(3));
        DataDirectory owned = DataDirectory.open(directory);
        LocalHost runtime = LocalHost.open(owned.path(), owned.owner());
        Agent agent = new Agent(
                options,
                runtime.containers(),
                new ProxyEdge(edgeAdmin, Files.readString(edgeToken).strip()),
                new FleetClient(controller, FleetToken.read(fleetToken)),
                Clock.systemUTC());
        agent.start();
        Thread.currentThread().join();
        return ExitCode.DONE;
    }
}

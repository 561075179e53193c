package io.slipway.agent;

import io.slipway.base.HostName;
import io.slipway.fleet.FleetClient;
import io.slipway.fleet.FleetToken;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** An agent as a process of its own, so that it can be killed. Its only image is the root directory it is given. */
final class AgentProcess {
    static final HostName HOST = new HostName("berth");
    static final FleetToken TOKEN = new FleetToken("0123456789abcdef0123456789abcdef");

    private AgentProcess() {}

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        Images images = reference -> new Images.Bundle(
                "sha256:0", List.of(directory.resolve("root")), List.of("/bin/sh"), Map.of("PATH", "/bin"), "", "/");
        AgentOptions options = new AgentOptions(
                HOST,
                directory.resolve("agent"),
                Duration.ofMillis(300),
                Duration.ofMinutes(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(20));
        LocalHost host = LocalHost.open(directory, args[3], images);
        Agent agent = new Agent(
                options,
                host.containers(),
                new ProxyEdge(URI.create(args[2]), "edge-secret"),
                new FleetClient(URI.create(args[1]), TOKEN),
                Clock.systemUTC());
        agent.start();
        Thread.currentThread().join();
    }
}

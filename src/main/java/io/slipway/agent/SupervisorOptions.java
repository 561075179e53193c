package io.slipway.agent;

import io.slipway.base.HostName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What {@code slipway up} is asked for.
 *
 * @param port of REST and dashboard, on loopback
 * @param edgePort where the edge serves, on loopback
 * @param fleetPort where the controller's end of the fleet listens; 0 takes a free one and keeps it
 * @param databaseUrl JDBC address of a database of the team's own; empty runs one here
 * @param window length of a metric window
 * @param warmUp see {@link AgentOptions}
 * @param lookInterval between two looks of the judge, as the controller's option takes it
 * @param leaseLength of the leading controller, as the controller's option takes it
 */
public record SupervisorOptions(
        Path data,
        HostName host,
        int port,
        int edgePort,
        int fleetPort,
        Optional<String> databaseUrl,
        Duration window,
        Duration warmUp,
        String lookInterval,
        String leaseLength) {}

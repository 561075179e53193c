package io.slipway.traffic;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How to run an edge.
 *
 * @param port to serve clients on; 0 for any free one
 * @param adminPort on 127.0.0.1; 0 for any free one
 * @param tokenFile holds the bearer token that the admin endpoint asks for
 * @param stateDirectory for the snapshot of the routes, the lock, and {@code ready.json}
 * @param grace how long a stopping edge waits for requests in flight
 */
public record ProxyOptions(String host, int port, int adminPort, Path tokenFile, Path stateDirectory, Duration grace) {
    public static final Duration DEFAULT_GRACE = Duration.ofSeconds(30);

    /** At all addresses of the host. */
    boolean servesEverywhere() {
        return host.equals("0.0.0.0") || host.equals("::");
    }
}

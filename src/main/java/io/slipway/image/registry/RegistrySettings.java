package io.slipway.image.registry;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How registries are spoken to.
 *
 * @param hosts by name as in a reference: a host, or host:port; Docker's own is {@code docker.io}
 * @param connectWithin for one connection
 * @param silenceMax longest pause of a registry in the middle of an answer
 * @param patience how long it is tried again without one new byte; also the longest that a registry may ask us to wait
 * @param auth file with credentials in Docker's form
 */
public record RegistrySettings(
        Map<String, RegistryHost> hosts, Duration connectWithin, Duration silenceMax, Duration patience, Path auth) {
    public RegistrySettings {
        hosts = Map.copyOf(hosts);
    }

    public static RegistrySettings defaults() {
        return new RegistrySettings(
                Map.of(), Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMinutes(2), DockerConfig.usual());
    }

    public RegistrySettings withHosts(Map<String, RegistryHost> hosts) {
        return new RegistrySettings(hosts, connectWithin, silenceMax, patience, auth);
    }

    public RegistrySettings withAuth(Path auth) {
        return new RegistrySettings(hosts, connectWithin, silenceMax, patience, auth);
    }

    public RegistrySettings withTimes(Duration connectWithin, Duration silenceMax, Duration patience) {
        return new RegistrySettings(hosts, connectWithin, silenceMax, patience, auth);
    }

    /** One registry is spoken to without TLS. */
    public RegistrySettings withPlainHttp(String registry) {
        Map<String, RegistryHost> more = new HashMap<>(hosts);
        more.put(registry, host(registry).plain());
        return withHosts(more);
    }

    RegistryHost host(String name) {
        return hosts.getOrDefault(name, RegistryHost.DEFAULT);
    }

    boolean names(String name) {
        return hosts.containsKey(name);
    }
}

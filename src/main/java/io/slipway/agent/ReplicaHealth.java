package io.slipway.agent;

import io.slipway.release.Probe;
import io.slipway.release.ProcessSpec;
import io.slipway.sandbox.health.HealthCheck;
import io.slipway.sandbox.health.HealthPlan;
import io.slipway.sandbox.health.Probing;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What a process's service file asks about its health, in the runtime's terms. */
final class ReplicaHealth {
    private ReplicaHealth() {}

    /** @param readyWithin how long after its start it may take to become ready; empty for ever */
    static HealthPlan plan(ProcessSpec spec, Optional<Duration> readyWithin) {
        return new HealthPlan(
                spec.start().map(it -> probing(it, spec.ports())),
                spec.readiness().map(it -> probing(it, spec.ports())),
                spec.liveness().map(it -> probing(it, spec.ports())),
                readyWithin);
    }

    private static Probing probing(Probe probe, Map<String, Integer> ports) {
        return new Probing(
                check(probe, ports),
                probe.every(),
                probe.timeout(),
                probe.failures(),
                probe.successes().orElse(1),
                probe.grace().orElse(Duration.ZERO));
    }

    private static HealthCheck check(Probe probe, Map<String, Integer> ports) {
        if (probe.command().isPresent()) {
            return new HealthCheck.Command(probe.command().get());
        }
        Integer port = ports.get(probe.port());
        if (port == null) {
            throw new IllegalArgumentException(
                    "a health check names port '" + probe.port() + "', which is not among " + ports.keySet());
        }
        return probe.httpPath()
                .<HealthCheck>map(path -> new HealthCheck.Http(port, path))
                .orElseGet(() -> new HealthCheck.Tcp(port));
    }
}

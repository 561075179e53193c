package io.slipway.release;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One process of a service.
 *
 * @param command argv; empty means the image's own entrypoint and command
 * @param ports name to container port
 * @param readiness how a replica is found ready; without one it is ready when it runs
 * @param stopSignal e.g. SIGTERM
 * @param stopGrace between the stop signal and SIGKILL
 */
public record ProcessSpec(
        List<String> command,
        int replicas,
        Map<String, Integer> ports,
        Resources resources,
        Optional<Probe> readiness,
        String stopSignal,
        Duration stopGrace) {}

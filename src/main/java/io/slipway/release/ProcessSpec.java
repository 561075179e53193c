package io.slipway.release;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One process of a service. What came later than the rest is optional, since stored ones do not have it.
 *
 * @param command argv; empty means the image's own entrypoint and command
 * @param ports name to container port
 * @param readiness how a replica is found ready; without one it is ready when it has started
 * @param stopSignal e.g. SIGTERM
 * @param stopGrace between the stop signal and SIGKILL
 * @param start how a replica is found to have started; before that it is asked nothing else. Without one it has when it runs
 * @param liveness how a replica is found to hang, to be stopped and started again
 * @param restart absent means {@link RestartPolicy#DEFAULT}
 */
public record ProcessSpec(
        List<String> command,
        int replicas,
        Map<String, Integer> ports,
        Resources resources,
        Optional<Probe> readiness,
        String stopSignal,
        Duration stopGrace,
        Optional<Probe> start,
        Optional<Probe> liveness,
        Optional<RestartPolicy> restart) {
    /** With at most one probe, restarted as by default. */
    public static ProcessSpec of(
            List<String> command,
            int replicas,
            Map<String, Integer> ports,
            Resources resources,
            Optional<Probe> readiness,
            String stopSignal,
            Duration stopGrace) {
        return new ProcessSpec(
                command,
                replicas,
                ports,
                resources,
                readiness,
                stopSignal,
                stopGrace,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public ProcessSpec withHealth(Optional<Probe> start, Optional<Probe> readiness, Optional<Probe> liveness) {
        return new ProcessSpec(
                command, replicas, ports, resources, readiness, stopSignal, stopGrace, start, liveness, restart);
    }

    public ProcessSpec withRestart(RestartPolicy other) {
        return new ProcessSpec(
                command,
                replicas,
                ports,
                resources,
                readiness,
                stopSignal,
                stopGrace,
                start,
                liveness,
                Optional.of(other));
    }
}

package io.slipway.sandbox.health;

import java.time.Duration;
import java.util.Optional;

/**
 * What a container is asked.
 *
 * @param start without it, it has started when it runs
 * @param readiness without it, it is ready when it has started
 * @param liveness without it, it lives as long as it runs
 * @param readyWithin how long after its start it may take to become ready; empty for ever
 */
public record HealthPlan(
        Optional<Probing> start,
        Optional<Probing> readiness,
        Optional<Probing> liveness,
        Optional<Duration> readyWithin) {
    Optional<Probing> probing(Question question) {
        return switch (question) {
            case START -> start;
            case READINESS -> readiness;
            case LIVENESS -> liveness;
        };
    }
}

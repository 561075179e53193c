package io.slipway.cli;

import io.slipway.release.RestartPolicy;
import io.slipway.sandbox.health.Probing;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is done for a container as long as its {@code slipway run} lasts.
 *
 * @param restart the policy as it was asked for
 * @param retries restarts at most
 * @param stopUnhealthy whether it is stopped when it is not healthy, which counts as a failure
 */
record Upkeep(
        String restart, RestartPolicy policy, OptionalInt retries, Optional<Probing> health, boolean stopUnhealthy) {
    boolean restarts() {
        return policy.on() != RestartPolicy.On.NEVER;
    }

    /** Whether it does anything at all. */
    boolean wanted() {
        return restarts() || health.isPresent();
    }
}

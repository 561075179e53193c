package io.slipway.agent;

import io.slipway.base.Arm;
import io.slipway.base.MetricWindow;
import io.slipway.base.RevisionId;
import io.slipway.routing.EdgeCounts;
import java.time.Instant;
import java.util.List;

/**
 * What the meter must not forget: where the last window ended, what had been counted by then, and the windows that the controller has not
 * acknowledged.
 *
 * @param edge cumulative counts at {@code cutAt}
 * @param cpu of each container at {@code cutAt}
 * @param ended cpu of containers that ended since {@code cutAt}
 */
record MeterState(Instant cutAt, EdgeCounts edge, List<Reading> cpu, List<Ended> ended, List<MetricWindow> pending) {
    /** A container's accounting when it was last read. */
    record Reading(String container, double cpuSeconds, long memoryBytes) {}

    /** What an ended container used since its last reading. */
    record Ended(RevisionId revision, Arm arm, double cpuSeconds) {}

    double cpuSecondsOf(String container) {
        return cpu.stream()
                .filter(r -> r.container.equals(container))
                .mapToDouble(Reading::cpuSeconds)
                .findFirst()
                .orElse(0);
    }
}

package io.slipway.agent;

import io.slipway.agent.Containers.Usage;
import io.slipway.base.Arm;
import io.slipway.base.Crashes;
import io.slipway.base.MetricWindow;
import io.slipway.base.RevisionId;
import io.slipway.routing.EdgeCounts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

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
    record Reading(String container, double cpuSeconds, long memoryBytes, Optional<Long> egressBytes) {
        static Reading of(String container, Usage usage) {
            return new Reading(container, usage.cpuSeconds(), usage.memoryBytes(), usage.egressBytes());
        }
    }

    /**
     * What an ended container used since its last reading.
     *
     * @param crash empty if it was asked to end
     */
    record Ended(
            RevisionId revision, Arm arm, double cpuSeconds, Optional<Long> egressBytes, Optional<Crashes> crash) {}

    double cpuSecondsSince(Reading now) {
        return Math.max(0, now.cpuSeconds - before(now).map(Reading::cpuSeconds).orElse(0.0));
    }

    /** Empty where it was not counted at one of both readings. Counting begins anew when somebody flushes the host's packet filter. */
    Optional<Long> egressBytesSince(Reading now) {
        Optional<Reading> last = before(now);
        Optional<Long> before = last.isEmpty() ? Optional.of(0L) : last.get().egressBytes;
        return before.flatMap(then -> now.egressBytes.map(bytes -> bytes < then ? bytes : bytes - then));
    }

    private Optional<Reading> before(Reading now) {
        return cpu.stream().filter(r -> r.container.equals(now.container)).findFirst();
    }
}

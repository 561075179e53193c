package io.slipway.placement;

import io.slipway.base.Epoch;
import io.slipway.base.Generation;
import io.slipway.base.HostName;
import io.slipway.base.MetricWindow;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a host says of itself; complete each time, so a lost report does no harm.
 *
 * @param bootId of the kernel; a new one means that all earlier containers are gone
 * @param seen the highest epoch seen
 * @param applied the generation of the assignments that are fully taken in (routes confirmed by the edge)
 * @param images image reference to its digest, for those unpacked and usable, or to 'failed: why'
 * @param windows metric windows not yet acknowledged
 */
public record HostReport(
        HostName host,
        String bootId,
        Instant at,
        Epoch seen,
        Generation applied,
        int cpus,
        long memoryBytes,
        long memoryFreeBytes,
        long diskFreeBytes,
        String architecture,
        List<AllocationStatus> allocations,
        Map<String, String> images,
        List<MetricWindow> windows) {}

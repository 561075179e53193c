package io.slipway.placement;

import io.slipway.base.HostName;
import java.util.List;

/**
 * What a host that is alive has left.
 *
 * @param cpuFree cores
 * @param memoryFreeBytes bytes
 */
public record HostRoom(HostName host, double cpuFree, long memoryFreeBytes) {
    /**
     * What is left beside everything assigned to a host, counted at its limits, and never more memory than the host reports as available.
     *
     * @param cpuOvercommit cores promised per core; cpu is shared, memory is not
     */
    public static HostRoom of(HostReport report, List<Allocation> assigned, double cpuOvercommit) {
        List<Allocation> here =
                assigned.stream().filter(it -> it.host().equals(report.host())).toList();
        double cpu =
                here.stream().mapToDouble(it -> it.spec().resources().cpu()).sum();
        long memory = here.stream()
                .mapToLong(it -> it.spec().resources().memoryBytes())
                .sum();
        return new HostRoom(
                report.host(),
                report.cpus() * cpuOvercommit - cpu,
                Math.min(report.memoryFreeBytes(), report.memoryBytes() - memory));
    }

    boolean holds(Wanted wanted) {
        return wanted.spec().resources().cpu() <= cpuFree
                && wanted.spec().resources().memoryBytes() <= memoryFreeBytes;
    }

    HostRoom less(Wanted wanted) {
        return new HostRoom(
                host,
                cpuFree - wanted.spec().resources().cpu(),
                memoryFreeBytes - wanted.spec().resources().memoryBytes());
    }
}

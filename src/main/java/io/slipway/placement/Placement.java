package io.slipway.placement;

import io.slipway.base.HostName;
import java.util.List;

/**
 * The answer of the placer.
 *
 * @param allocations everything that the service shall run, kept and new, sorted by id
 * @param unplaced what no host has room for
 */
public record Placement(List<Allocation> allocations, List<Unplaced> unplaced) {
    /** Replicas without a host, and why in plain words with figures. */
    public record Unplaced(Wanted wanted, int replicas, String why) {}

    public List<Allocation> on(HostName host) {
        return allocations.stream().filter(it -> it.host().equals(host)).toList();
    }
}

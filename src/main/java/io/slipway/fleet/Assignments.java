package io.slipway.fleet;

import io.slipway.base.Epoch;
import io.slipway.base.Generation;
import io.slipway.placement.HostAssignment;
import io.slipway.routing.RouteTable;

/** What the controller sends to a host: what to run and where its edge routes. One generation covers both. */
public record Assignments(HostAssignment run, RouteTable routes) {
    /** The fence: neither epoch nor generation may go back, and one of them must rise. */
    public boolean isNewerThan(Epoch epoch, Generation generation) {
        int byEpoch = run.epoch().compareTo(epoch);
        int byGeneration = run.generation().compareTo(generation);
        return byEpoch >= 0 && byGeneration >= 0 && byEpoch + byGeneration > 0;
    }
}

package io.slipway.traffic;

import io.slipway.base.AllocationId;
import io.slipway.base.Generation;
import io.slipway.routing.RouteTable;
import io.slipway.routing.RouteTable.Backend;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The routes in effect. A request enters a replica first and then looks whether the replica is still routed; a reader of
 * {@link #inFlight} looks after the swap. So whoever sees 0 in flight on a removed replica knows that nobody will come.
 */
final class LiveRoutes {
    private final Map<Backend, Replica> known = new ConcurrentHashMap<>();
    private final Counters counters;
    private volatile Routes routes;

    LiveRoutes(Counters counters) {
        this.counters = counters;
        this.routes = new Routes(new RouteTable(Generation.NONE, List.of()), Replica::new, counters::of);
    }

    Routes routes() {
        return routes;
    }

    long generation() {
        return routes.table.generation().value();
    }

    synchronized void apply(RouteTable table) {
        routes = new Routes(table, backend -> known.computeIfAbsent(backend, Replica::new), counters::of);
        known.values().removeIf(replica -> !routes.has(replica) && replica.inFlight() == 0);
        counters.retireUnrouted(table);
    }

    /** Requests now on any backend of an allocation, routed or removed. */
    int inFlight(AllocationId allocation) {
        return known.values().stream()
                .filter(replica -> replica.backend.allocation().equals(allocation))
                .mapToInt(Replica::inFlight)
                .sum();
    }

    Collection<Replica> replicas() {
        return known.values();
    }
}

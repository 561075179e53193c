package io.slipway.agent;

import io.slipway.base.AllocationId;
import io.slipway.routing.EdgeCounts;
import io.slipway.routing.RouteTable;
import java.io.IOException;

/** What the agent needs of the host's proxy. */
public interface Edge {
    /** Returns once new requests are routed so. Fails when the edge is away, or has seen a newer generation. */
    void apply(RouteTable routes) throws IOException, InterruptedException;

    EdgeCounts counts() throws IOException, InterruptedException;

    /** Requests that a replica has not answered yet. */
    long inFlight(AllocationId allocation) throws IOException, InterruptedException;
}

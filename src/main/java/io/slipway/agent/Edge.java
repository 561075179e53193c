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

    /**
     * Has it serve containers at the host's address on their network. Does nothing if it does.
     *
     * @param address of IPv4
     */
    Served serve(String address, int prefixLength) throws IOException, InterruptedException;

    /**
     * How it serves containers.
     *
     * @param port for requests
     * @param dnsPort for questions for names, by UDP and TCP
     * @param domain below which services have names
     */
    record Served(int port, int dnsPort, String domain) {}

    /** Requests that a replica has not answered yet. */
    long inFlight(AllocationId allocation) throws IOException, InterruptedException;
}

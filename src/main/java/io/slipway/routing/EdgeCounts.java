package io.slipway.routing;

import io.slipway.base.Arm;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.RevisionId;
import java.time.Instant;
import java.util.List;

/**
 * What an edge has counted since it started: cumulative, so that a reader that was away loses nothing.
 *
 * @param instance id of this run of the edge; counts begin again at 0 with another
 * @param applied generation of the route table in effect
 */
public record EdgeCounts(String instance, Instant at, long applied, List<ArmCounts> arms) {
    /**
     * Counts of one revision in one arm.
     *
     * @param requests answered to the client
     * @param errors answered 5xx by the replica, or cut off by it
     * @param failedByEdge 5xx that the edge itself made for lack of a usable backend
     * @param latency from the request's first byte to the answer's last
     */
    public record ArmCounts(
            RevisionId revision, Arm arm, long requests, long errors, long failedByEdge, LatencyHistogram latency) {}
}

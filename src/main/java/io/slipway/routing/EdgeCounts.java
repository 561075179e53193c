package io.slipway.routing;

import io.slipway.base.Arm;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.RevisionId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

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
     * @param requests answered by a replica of this arm, or cut off by it; neither those that the edge failed nor those whose client left
     * @param errors of these, answered 5xx by the replica, or cut off by it
     * @param failedByEdge 503 that the edge itself made for lack of a usable backend; not among the requests
     * @param latency of the requests, from the head's arrival to the answer's last byte
     * @param answeredBytes of the bodies of answers; empty from an edge that does not count them
     */
    public record ArmCounts(
            RevisionId revision,
            Arm arm,
            long requests,
            long errors,
            long failedByEdge,
            LatencyHistogram latency,
            Optional<Long> answeredBytes) {
        public static ArmCounts none(RevisionId revision, Arm arm) {
            return new ArmCounts(revision, arm, 0, 0, 0, LatencyHistogram.EMPTY, Optional.empty());
        }
    }
}

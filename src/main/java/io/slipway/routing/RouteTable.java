package io.slipway.routing;

import io.slipway.base.AllocationId;
import io.slipway.base.Arm;
import io.slipway.base.Generation;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import io.slipway.base.Weight;
import java.util.List;

/** What the edge is told: complete each time. */
public record RouteTable(Generation generation, List<ServiceRoute> services) {
    /** Requests for this host name and path prefix (longest first) go to the splits by weight. */
    public record ServiceRoute(ServiceName service, String host, String path, List<Split> splits) {}

    /** One arm's share, spread evenly over its backends. Weights of a route sum to 100 %. */
    public record Split(Arm arm, RevisionId revision, Weight weight, List<Backend> backends) {}

    /** One replica's address. */
    public record Backend(AllocationId allocation, String address, int port) {}
}

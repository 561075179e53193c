package io.slipway.control;

import io.slipway.base.AllocationId;
import io.slipway.base.Generation;
import io.slipway.base.HostName;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.placement.Allocation;
import io.slipway.placement.AllocationStatus;
import io.slipway.placement.HostAssignment;
import io.slipway.placement.HostReport;
import io.slipway.rollout.Target;
import io.slipway.routing.RouteTable;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What services should run, where replicas are placed, and what hosts were told and say. Part of the transaction of its thread. */
public interface FleetStore {
    /** Makes {@code target} what the service should run; its version rises. */
    void aim(ServiceName service, RolloutId rollout, Target target, Instant at);

    List<Aim> aims();

    /**
     * Stores a report, without its windows. Statuses of allocations that the report does not name are left as they are: an agent that
     * restarts finds its containers again. Only a new boot id says that they are gone.
     */
    void report(HostReport report, Instant seenAt);

    List<Host> hosts();

    /** All that are wanted or leaving. */
    List<Placed> present();

    void place(Allocation allocation, Instant at);

    /** Keeps an allocation's new arm. */
    void relabel(Allocation allocation);

    void stage(AllocationId id, Stage stage, Instant at);

    /** Replicas of this service that failed and were taken away since. */
    int failures(ServiceName service, Instant since);

    /** Stores what a host is told next. */
    void tell(HostAssignment run, RouteTable routes);

    /** The route that each host was last told for each service, and since which generation. */
    Map<HostName, Map<ServiceName, ToldRoute>> toldRoutes();

    void toldRoute(HostName host, RouteTable.ServiceRoute route, Generation since);

    /** The host's edge is no longer told of this service. */
    void forgetRoute(HostName host, ServiceName service);

    /** A target and its version. */
    record Aim(ServiceName service, RolloutId rollout, Target target, long version) {}

    /**
     * A host.
     *
     * @param told what it was last told; empty before the first time
     */
    record Host(HostReport report, Instant seenAt, Optional<Told> told) {
        public Generation generation() {
            return told.map(t -> t.run().generation()).orElse(Generation.NONE);
        }

        public boolean aliveAt(Instant now) {
            return seenAt.plus(Liveness.LIMIT).isAfter(now);
        }
    }

    /** What a host was told. */
    record Told(HostAssignment run, RouteTable routes) {}

    /** A service's route as told, and the generation that brought it. */
    record ToldRoute(RouteTable.ServiceRoute route, Generation since) {}

    /** A replica; {@code statusAt} is when its status last changed, or when it was placed. */
    record Placed(
            Allocation allocation,
            Stage stage,
            Instant createdAt,
            Optional<AllocationStatus> status,
            Instant statusAt) {
        public boolean ready() {
            return status.filter(s -> s.state() == AllocationStatus.State.READY).isPresent();
        }

        public boolean failed() {
            return status.filter(s ->
                            s.state() == AllocationStatus.State.FAILED || s.state() == AllocationStatus.State.ENDED)
                    .isPresent();
        }
    }

    /** Life of an allocation row. */
    enum Stage {
        WANTED,
        /** Out of the routes, still on its host until every edge has confirmed that. */
        LEAVING,
        /** Out of the assignment, too. */
        GONE
    }
}

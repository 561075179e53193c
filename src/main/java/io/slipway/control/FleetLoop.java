package io.slipway.control;

import io.slipway.base.Epoch;
import io.slipway.base.Generation;
import io.slipway.base.HostName;
import io.slipway.base.ServiceName;
import io.slipway.control.FleetStore.Aim;
import io.slipway.control.FleetStore.Host;
import io.slipway.control.FleetStore.Placed;
import io.slipway.control.FleetStore.Stage;
import io.slipway.control.FleetStore.Told;
import io.slipway.control.FleetStore.ToldRoute;
import io.slipway.placement.Allocation;
import io.slipway.placement.HostAssignment;
import io.slipway.rollout.FleetView;
import io.slipway.rollout.RolloutState.Queued;
import io.slipway.routing.RouteTable;
import io.slipway.routing.RouteTable.ServiceRoute;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the hosts to the stored targets. Each pass starts from the rows, so a missed signal or a restart costs nothing but time.
 *
 * <pre>
 *   target, reports -> replicas placed -> routes -> replicas that no edge routes to any more are let go -> assignments -> fleet views
 * </pre>
 *
 * Leaving takes two generations: the first takes a replica out of the routes, the second, once every edge has confirmed that, out of the
 * assignment. So no request is sent to a replica that is stopping.
 */
public final class FleetLoop {
    private static final Logger LOG = LoggerFactory.getLogger(FleetLoop.class);
    private final Transactions transactions;
    private final Lease lease;
    private final RolloutStore rollouts;
    private final FleetStore fleet;
    private final Fitting fitting;
    private final HostGateway gateway;
    private final Map<HostName, Sent> sent = new HashMap<>();

    public FleetLoop(
            Transactions transactions,
            Lease lease,
            RolloutStore rollouts,
            ServiceStore services,
            FleetStore fleet,
            HostGateway gateway,
            double cpuOvercommit) {
        this.transactions = transactions;
        this.lease = lease;
        this.rollouts = rollouts;
        this.fleet = fleet;
        this.fitting = new Fitting(fleet, services, cpuOvercommit);
        this.gateway = gateway;
    }

    /** What a host was last sent by this process. */
    private record Sent(Epoch epoch, Generation generation) {}

    public void pass(Epoch epoch) {
        List<Told> toSend = transactions.inOne(() -> {
            lease.assertCurrent(epoch);
            return converge(epoch);
        });
        toSend.forEach(told -> send(told, epoch));
    }

    private List<Told> converge(Epoch epoch) {
        Instant now = rollouts.now();
        List<Aim> aims = fleet.aims();
        Map<ServiceName, Rollout> active = new HashMap<>();
        // One that is queued behind another has no replicas yet.
        rollouts.active().forEach(r -> active.merge(r.service(), r, (a, b) -> a.state() instanceof Queued ? b : a));
        List<Host> hosts = fleet.hosts();
        List<Host> alive = hosts.stream().filter(h -> h.aliveAt(now)).toList();
        Fitting.Fit fit = fitting.fit(aims, active, alive, now);
        Map<HostName, Map<ServiceName, ToldRoute>> told = tellRoutes(hosts, fit.routes());
        List<Placed> staying = letGo(fit.placed(), alive, told, now);
        List<Told> toSend =
                hosts.stream().map(host -> tell(host, epoch, staying, fit)).toList();
        view(aims, active, staying, alive, told, fit, now);
        return toSend;
    }

    /** Each host's edge routes every service; a route that differs from what the host knows comes with its next generation. */
    private Map<HostName, Map<ServiceName, ToldRoute>> tellRoutes(
            List<Host> hosts, Map<ServiceName, ServiceRoute> routes) {
        Map<HostName, Map<ServiceName, ToldRoute>> told = fleet.toldRoutes();
        for (Host host : hosts) {
            HostName name = host.report().host();
            Map<ServiceName, ToldRoute> known = told.computeIfAbsent(name, h -> new HashMap<>());
            Generation next = host.generation().next();
            routes.forEach((service, route) -> {
                ToldRoute before = known.get(service);
                if (before == null || !before.route().equals(route)) {
                    known.put(service, new ToldRoute(route, next));
                    fleet.toldRoute(name, route, next);
                }
            });
            known.keySet().stream().filter(s -> !routes.containsKey(s)).toList().forEach(service -> {
                known.remove(service);
                fleet.forgetRoute(name, service);
            });
        }
        return told;
    }

    private List<Placed> letGo(
            List<Placed> placed, List<Host> alive, Map<HostName, Map<ServiceName, ToldRoute>> told, Instant now) {
        return placed.stream()
                .filter(p -> {
                    boolean gone = p.stage() == Stage.LEAVING && outOfRoutes(p.allocation(), alive, told);
                    if (gone) {
                        fleet.stage(p.allocation().id(), Stage.GONE, now);
                        LOG.info(
                                "{} of {} leaves {}: no edge routes to it",
                                p.allocation().id(),
                                p.allocation().revision(),
                                p.allocation().host());
                    }
                    return !gone;
                })
                .toList();
    }

    private static boolean outOfRoutes(
            Allocation allocation, List<Host> alive, Map<HostName, Map<ServiceName, ToldRoute>> told) {
        return alive.stream().allMatch(host -> {
            ToldRoute route = told.getOrDefault(host.report().host(), Map.of())
                    .get(allocation.revision().service());
            Generation since = route == null ? host.generation() : route.since();
            return host.report().applied().compareTo(since) >= 0;
        });
    }

    /** The host's assignment and routes as they are now; a new generation when they differ from those it was told. */
    private Told tell(Host host, Epoch epoch, List<Placed> placed, Fitting.Fit fit) {
        HostName name = host.report().host();
        List<Allocation> allocations = placed.stream()
                .map(Placed::allocation)
                .filter(a -> a.host().equals(name))
                .sorted(Comparator.comparing(Allocation::id))
                .toList();
        List<ServiceRoute> routes = List.copyOf(new TreeMap<>(fit.routes()).values());
        Optional<Told> before = host.told();
        boolean same = before.filter(t -> t.run().allocations().equals(allocations)
                        && t.run().prepare().equals(fit.prepare())
                        && t.routes().services().equals(routes))
                .isPresent();
        Generation generation = same ? host.generation() : host.generation().next();
        Told told = new Told(
                new HostAssignment(name, epoch, generation, fit.prepare(), allocations),
                new RouteTable(generation, routes));
        if (!same) {
            fleet.tell(told.run(), told.routes());
        }
        return told;
    }

    private void view(
            List<Aim> aims,
            Map<ServiceName, Rollout> active,
            List<Placed> placed,
            List<Host> alive,
            Map<HostName, Map<ServiceName, ToldRoute>> told,
            Fitting.Fit fit,
            Instant now) {
        for (Aim aim : aims) {
            Rollout rollout = active.get(aim.service());
            if (rollout == null || !rollout.id().equals(aim.rollout())) {
                continue;
            }
            FleetView seen = FleetViews.of(aim, Fitting.own(placed, aim.service()), alive, told, fit.routed(aim));
            if (!rollout.fleet().equals(Optional.of(seen))) {
                rollouts.fleetChanged(rollout.id(), seen, aim.version(), now);
            }
        }
    }

    /** After the commit: what is sent is stored. A host that cannot be reached is sent it again in the next pass. */
    private void send(Told told, Epoch epoch) {
        Sent now = new Sent(epoch, told.run().generation());
        if (now.equals(sent.get(told.run().host()))) {
            return;
        }
        try {
            gateway.send(told.run(), told.routes());
            sent.put(told.run().host(), now);
        } catch (RuntimeException e) {
            LOG.warn(
                    "host {} could not be sent generation {}; it goes on with the one it has, and is sent it again",
                    told.run().host(),
                    told.run().generation().value(),
                    e);
        }
    }
}

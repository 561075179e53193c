package io.slipway.control;

import io.slipway.base.AllocationId;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import io.slipway.control.FleetStore.Aim;
import io.slipway.control.FleetStore.Host;
import io.slipway.control.FleetStore.Placed;
import io.slipway.control.FleetStore.Stage;
import io.slipway.placement.Allocation;
import io.slipway.placement.HostRoom;
import io.slipway.placement.Placement;
import io.slipway.placement.Placer;
import io.slipway.release.ReleaseSpec;
import io.slipway.routing.RouteTable.ServiceRoute;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fits replicas to targets: takes failed ones away, asks the placer, stores what it answers. */
final class Fitting {
    private static final Logger LOG = LoggerFactory.getLogger(Fitting.class);
    private final FleetStore fleet;
    private final Revisions revisions;
    private final Replacement replacement;
    private final double cpuOvercommit;

    Fitting(FleetStore fleet, ServiceStore services, double cpuOvercommit) {
        this.fleet = fleet;
        this.revisions = new Revisions(services);
        this.replacement = new Replacement(fleet);
        this.cpuOvercommit = cpuOvercommit;
    }

    /**
     * What should be.
     *
     * @param placed all that is on hosts, those that leave included
     * @param routes by service
     * @param prepare images that every host is to have
     */
    record Fit(
            List<Placed> placed,
            Map<ServiceName, ServiceRoute> routes,
            List<String> prepare,
            Map<RevisionId, ReleaseSpec> specs) {
        boolean routed(Aim aim) {
            return aim.target().arms().stream().anyMatch(arm -> {
                ReleaseSpec spec = specs.get(arm.revision());
                return spec != null && spec.route().isPresent();
            });
        }
    }

    Fit fit(List<Aim> aims, Map<ServiceName, Rollout> active, List<Host> alive, Instant now) {
        Set<AllocationId> spared = replacement.takeAway(fleet.present(), active, now);
        List<Placed> before = fleet.present();
        for (Aim aim : aims) {
            arrange(aim, before, spared, rooms(alive, fleet.present()), now);
        }
        List<Placed> placed = fleet.present();
        Map<RevisionId, ReleaseSpec> specs = revisions.of(aims);
        Map<ServiceName, ServiceRoute> routes = new HashMap<>();
        aims.forEach(aim -> Routing.of(aim.target(), specs, own(placed, aim.service()))
                .ifPresent(route -> routes.put(aim.service(), route)));
        return new Fit(placed, routes, images(specs.keySet(), active, placed), specs);
    }

    private List<HostRoom> rooms(List<Host> alive, List<Placed> placed) {
        List<Allocation> assigned = placed.stream().map(Placed::allocation).toList();
        return alive.stream()
                .map(host -> HostRoom.of(host.report(), assigned, cpuOvercommit))
                .toList();
    }

    static List<Placed> own(List<Placed> placed, ServiceName service) {
        return placed.stream()
                .filter(p -> p.allocation().revision().service().equals(service))
                .toList();
    }

    /** {@code spared}: failed ones that are not to be replaced now; the placer must take them for unknown and keep them. */
    private void arrange(Aim aim, List<Placed> placed, Set<AllocationId> spared, List<HostRoom> rooms, Instant now) {
        List<Placed> current = own(placed, aim.service()).stream()
                .filter(p -> p.stage() == Stage.WANTED)
                .toList();
        Placement placement = Placer.place(
                revisions.wanted(aim.target()),
                current.stream().map(p -> forPlacer(p, spared)).toList(),
                rooms,
                (revision, arm, process, ordinal) -> newId(revision, process, now));
        Map<AllocationId, Allocation> before = current.stream()
                .map(Placed::allocation)
                .collect(Collectors.toMap(Allocation::id, allocation -> allocation));
        for (Allocation allocation : placement.allocations()) {
            Allocation known = before.remove(allocation.id());
            if (known == null) {
                fleet.place(allocation, now);
            } else if (!known.equals(allocation)) {
                fleet.relabel(allocation);
            }
        }
        before.keySet().forEach(id -> fleet.stage(id, Stage.LEAVING, now));
        placement.unplaced().forEach(missing -> LOG.warn("{}: {}", aim.service(), missing.why()));
    }

    private static io.slipway.placement.Placed forPlacer(Placed placed, Set<AllocationId> spared) {
        return new io.slipway.placement.Placed(
                placed.allocation(),
                placed.status()
                        .map(status -> status.state())
                        .filter(state -> !spared.contains(placed.allocation().id())));
    }

    private static AllocationId newId(RevisionId revision, String process, Instant now) {
        String service = revision.service().value();
        String id = NewId.at(now);
        return new AllocationId(service.substring(0, Math.min(24, service.length())) + "-" + revision.label() + "-"
                + process.substring(0, Math.min(12, process.length())) + "-" + id.substring(id.length() - 7));
    }

    private List<String> images(Set<RevisionId> aimedAt, Map<ServiceName, Rollout> active, List<Placed> placed) {
        Stream<String> wanted = Stream.concat(
                        aimedAt.stream(), active.values().stream().map(Rollout::revision))
                .flatMap(revision -> revisions.image(revision).stream());
        Set<String> images = Stream.concat(
                        wanted, placed.stream().map(p -> p.allocation().image()))
                .collect(Collectors.toCollection(TreeSet::new));
        return new ArrayList<>(images);
    }
}

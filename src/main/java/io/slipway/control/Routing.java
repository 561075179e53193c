package io.slipway.control;

import io.slipway.base.Arm;
import io.slipway.base.RevisionId;
import io.slipway.base.Weight;
import io.slipway.control.FleetStore.Placed;
import io.slipway.control.FleetStore.Stage;
import io.slipway.release.ReleaseSpec;
import io.slipway.release.Route;
import io.slipway.rollout.Target;
import io.slipway.rollout.Target.ArmTarget;
import io.slipway.routing.RouteTable.Backend;
import io.slipway.routing.RouteTable.ServiceRoute;
import io.slipway.routing.RouteTable.Split;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the edges are told of one service. Only ready replicas are backends; an arm that has none gives its share to another that has: the
 * stable one first, the candidate last. The sum stays 100 %.
 */
final class Routing {
    private static final List<Arm> REFUGE = List.of(Arm.STABLE, Arm.CONTROL, Arm.CANDIDATE);

    private Routing() {}

    /** Empty when the service has no route, or no arm has traffic yet. */
    static Optional<ServiceRoute> of(Target target, Map<RevisionId, ReleaseSpec> specs, List<Placed> placed) {
        List<Split> splits = new ArrayList<>();
        for (ArmTarget arm : target.arms()) {
            ReleaseSpec spec = specs.get(arm.revision());
            if (arm.weight().basisPoints() > 0 && spec != null && spec.route().isPresent()) {
                splits.add(new Split(
                        arm.arm(),
                        arm.revision(),
                        arm.weight(),
                        backends(arm, spec, spec.route().get(), placed)));
            }
        }
        return host(target, specs)
                .filter(route -> !splits.isEmpty())
                .map(route -> new ServiceRoute(
                        splits.getFirst().revision().service(), route.host(), route.path(), sheltered(splits)));
    }

    /** Host and path are those of the arm with most traffic. */
    private static Optional<Route> host(Target target, Map<RevisionId, ReleaseSpec> specs) {
        return target.arms().stream()
                .max(Comparator.comparing(ArmTarget::weight))
                .flatMap(arm -> Optional.ofNullable(specs.get(arm.revision())))
                .flatMap(ReleaseSpec::route);
    }

    private static List<Backend> backends(ArmTarget arm, ReleaseSpec spec, Route route, List<Placed> placed) {
        Integer port = Optional.ofNullable(spec.processes().get(route.process()))
                .map(process -> process.ports().get(route.port()))
                .orElseThrow(() -> new IllegalStateException("the route of " + arm.revision() + " names port "
                        + route.port() + " of process " + route.process() + ", which its specification does not have"));
        return placed.stream()
                .filter(p ->
                        p.stage() == Stage.WANTED && p.ready() && p.allocation().routed())
                .filter(p -> p.allocation().arm() == arm.arm()
                        && p.allocation().revision().equals(arm.revision()))
                .filter(p -> p.allocation().process().equals(route.process()))
                .flatMap(p -> p.status().stream()
                        .flatMap(s -> s.address().stream())
                        .map(address -> new Backend(p.allocation().id(), address, port)))
                .sorted(Comparator.comparing(Backend::allocation))
                .toList();
    }

    private static List<Split> sheltered(List<Split> splits) {
        Optional<Split> refuge = REFUGE.stream()
                .flatMap(arm -> splits.stream()
                        .filter(s -> s.arm() == arm && !s.backends().isEmpty()))
                .findFirst();
        if (refuge.isEmpty()) {
            return splits;
        }
        int homeless = splits.stream()
                .filter(s -> s.backends().isEmpty())
                .mapToInt(s -> s.weight().basisPoints())
                .sum();
        return splits.stream()
                .filter(s -> !s.backends().isEmpty())
                .map(s -> s == refuge.get()
                        ? new Split(
                                s.arm(), s.revision(), new Weight(s.weight().basisPoints() + homeless), s.backends())
                        : s)
                .toList();
    }
}

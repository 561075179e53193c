package io.slipway.control;

import io.slipway.base.Arm;
import io.slipway.base.Generation;
import io.slipway.base.HostName;
import io.slipway.base.ServiceName;
import io.slipway.base.Weight;
import io.slipway.control.FleetStore.Aim;
import io.slipway.control.FleetStore.Host;
import io.slipway.control.FleetStore.Placed;
import io.slipway.control.FleetStore.Stage;
import io.slipway.control.FleetStore.ToldRoute;
import io.slipway.placement.AllocationStatus;
import io.slipway.rollout.FleetView;
import io.slipway.rollout.FleetView.ArmView;
import io.slipway.routing.RouteTable.ServiceRoute;
import io.slipway.routing.RouteTable.Split;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the hosts' reports amount to for one service. */
final class FleetViews {
    private FleetViews() {}

    static FleetView of(
            Aim aim,
            List<Placed> placed,
            List<Host> alive,
            Map<HostName, Map<ServiceName, ToldRoute>> told,
            boolean routed) {
        Map<Arm, ArmView> arms = new EnumMap<>(Arm.class);
        for (Arm arm : Arm.values()) {
            List<Placed> replicas = placed.stream()
                    .filter(p -> p.stage() == Stage.WANTED && p.allocation().arm() == arm)
                    .toList();
            if (!replicas.isEmpty()) {
                arms.put(arm, arm(replicas));
            }
        }
        Optional<Weight> weight = routed ? confirmedWeight(aim.service(), alive, told) : Optional.of(weight(aim));
        return new FleetView(arms, weight);
    }

    private static ArmView arm(List<Placed> replicas) {
        List<Placed> failed = replicas.stream().filter(Placed::failed).toList();
        return new ArmView(
                replicas.size(),
                (int) replicas.stream().filter(Placed::ready).count(),
                failed.size(),
                failed.stream().findFirst().flatMap(Placed::status).map(AllocationStatus::ending));
    }

    /** Without a route there is no edge to ask. */
    private static Weight weight(Aim aim) {
        return aim.target().arms().stream()
                .filter(arm -> arm.arm() == Arm.CANDIDATE)
                .findFirst()
                .map(arm -> arm.weight())
                .orElse(Weight.ZERO);
    }

    /** Of the hosts that are heard of; one that is not may still route as before, and is counted again when it comes back. */
    private static Optional<Weight> confirmedWeight(
            ServiceName service, List<Host> alive, Map<HostName, Map<ServiceName, ToldRoute>> told) {
        Set<Weight> weights = new HashSet<>();
        for (Host host : alive) {
            ToldRoute route = told.getOrDefault(host.report().host(), Map.of()).get(service);
            Generation since = route == null ? host.generation() : route.since();
            if (host.report().applied().compareTo(since) < 0) {
                return Optional.empty();
            }
            weights.add(route == null ? Weight.ZERO : weight(route.route()));
        }
        return weights.size() == 1 ? weights.stream().findFirst() : Optional.empty();
    }

    private static Weight weight(ServiceRoute route) {
        return route.splits().stream()
                .filter(split -> split.arm() == Arm.CANDIDATE)
                .findFirst()
                .map(Split::weight)
                .orElse(Weight.ZERO);
    }
}

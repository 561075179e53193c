package io.slipway.routing;

import io.slipway.base.Arm;
import io.slipway.base.Weight;
import io.slipway.routing.RouteTable.ServiceRoute;
import io.slipway.routing.RouteTable.Split;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Why a route table cannot be put in effect: where, and what is wrong. */
public record RouteFault(String field, String problem) {
    /** All faults of a table; empty when it can be applied. Tolerates the nulls that a parser leaves for absent fields. */
    @SuppressWarnings("NullAway")
    public static List<RouteFault> in(RouteTable table) {
        List<RouteFault> faults = new ArrayList<>();
        if (table.generation() == null || table.services() == null) {
            faults.add(new RouteFault("", "generation and services are required"));
            return faults;
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < table.services().size(); i++) {
            ServiceRoute route = table.services().get(i);
            String at = "services[" + i + "]";
            if (route.service() == null || route.host() == null || route.path() == null || route.splits() == null) {
                faults.add(new RouteFault(at, "service, host, path and splits are required"));
                continue;
            }
            if (!route.path().startsWith("/")) {
                faults.add(new RouteFault(at + ".path", "'" + route.path() + "' does not begin with /"));
            }
            if (!seen.add(route.host() + " " + route.path())) {
                faults.add(new RouteFault(
                        at, "host '" + route.host() + "' and path '" + route.path() + "' are routed twice"));
            }
            faults.addAll(ofSplits(at + ".splits", route.splits()));
        }
        return faults;
    }

    @SuppressWarnings("NullAway")
    private static List<RouteFault> ofSplits(String at, List<Split> splits) {
        List<RouteFault> faults = new ArrayList<>();
        Set<Arm> arms = EnumSet.noneOf(Arm.class);
        int sum = 0;
        for (Split split : splits) {
            if (split.arm() == null || split.revision() == null || split.weight() == null || split.backends() == null) {
                faults.add(new RouteFault(at, "arm, revision, weight and backends are required"));
                return faults;
            }
            sum += split.weight().basisPoints();
            if (!arms.add(split.arm())) {
                faults.add(new RouteFault(at, split.arm() + " appears twice"));
            }
            split.backends().stream()
                    .filter(b -> b.allocation() == null || b.address() == null || b.port() < 1 || b.port() > 65_535)
                    .forEach(b -> faults.add(
                            new RouteFault(at, "backend " + b + " has no address or no port of 1 to 65535")));
        }
        if (!splits.isEmpty() && sum != Weight.ALL.basisPoints()) {
            faults.add(new RouteFault(at, "the weights sum to " + sum + " basis points, not 10000"));
        }
        return faults;
    }
}

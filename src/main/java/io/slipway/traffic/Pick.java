package io.slipway.traffic;

import io.slipway.base.Arm;
import io.slipway.traffic.Routes.Entry;
import io.slipway.traffic.Routes.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A replica chosen for one attempt, and the arm it stands in. */
record Pick(Target target, Replica replica) {
    /**
     * The least loaded healthy replica that was not tried: of the client's own arm, else of stable (also at weight 0, where
     * it stays warm), else of any arm that has weight; then the same again among ejected ones, for an attempt costs
     * nothing compared to a refusal. Null when none is left.
     *
     * @param turn where to begin among equals
     */
    static @Nullable Pick of(Entry entry, @Nullable Target own, Set<Replica> tried, int turn) {
        List<Target> order = order(entry, own);
        Pick healthy = first(order, tried, turn, false);
        return healthy != null ? healthy : first(order, tried, turn, true);
    }

    private static @Nullable Pick first(List<Target> order, Set<Replica> tried, int turn, boolean ejected) {
        for (Target target : order) {
            Replica least = leastLoaded(target.replicas(), tried, turn, ejected);
            if (least != null) {
                return new Pick(target, least);
            }
        }
        return null;
    }

    private static List<Target> order(Entry entry, @Nullable Target own) {
        List<Target> order = new ArrayList<>(3);
        if (own != null) {
            order.add(own);
        }
        for (Target target : entry.targets) {
            if (target != own && target.split().arm() == Arm.STABLE) {
                order.add(target);
            }
        }
        for (Target target : entry.targets) {
            if (!order.contains(target) && target.split().weight().basisPoints() > 0) {
                order.add(target);
            }
        }
        return order;
    }

    private static @Nullable Replica leastLoaded(List<Replica> all, Set<Replica> tried, int turn, boolean ejected) {
        Replica least = null;
        int load = Integer.MAX_VALUE;
        for (int i = 0; i < all.size(); i++) {
            Replica replica = all.get(Math.floorMod(turn + i, all.size()));
            int inFlight = replica.inFlight();
            if (inFlight < load && replica.isEjected() == ejected && !tried.contains(replica)) {
                least = replica;
                load = inFlight;
            }
        }
        return least;
    }
}

package io.slipway.routing;

import io.slipway.base.Arm;
import io.slipway.routing.RouteTable.Split;
import java.util.List;
import java.util.Optional;

/**
 * Lays a route's splits on the points 0 to 9999 and tells where a point falls. The candidate grows from 0 up, the control
 * from 9999 down, and stable has the middle: a change of the candidate's weight moves clients between stable and candidate
 * only, and every other client stays where it was, without state at the edge.
 */
public final class Splitter {
    public static final int POINTS = 10_000;

    private Splitter() {}

    /** The split that a point (0 to 9999) falls in; empty when the weights do not reach it, as in a route without splits. */
    public static Optional<Split> at(List<Split> splits, int point) {
        int candidate = weightOf(splits, Arm.CANDIDATE);
        int control = weightOf(splits, Arm.CONTROL);
        Arm arm = point < candidate ? Arm.CANDIDATE : point >= POINTS - control ? Arm.CONTROL : Arm.STABLE;
        return splits.stream().filter(split -> split.arm() == arm).findFirst();
    }

    /** A point for a client that has none yet, spread evenly over neighbouring addresses and ports (64-bit finalizer of MurmurHash3). */
    public static int pointOf(String address, int port) {
        long h = ((long) address.hashCode() << 32) ^ (port & 0xffffL);
        h = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
        h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
        h ^= h >>> 33;
        return (int) Long.remainderUnsigned(h, POINTS);
    }

    private static int weightOf(List<Split> splits, Arm arm) {
        return splits.stream()
                .filter(split -> split.arm() == arm)
                .mapToInt(split -> split.weight().basisPoints())
                .sum();
    }
}

package io.slipway.analysis;

import java.util.Iterator;

/**
 * Whether both arms get the same number of requests per replica. Latency rises with load, and a replica's memory is shared by its requests:
 * arms at different rates differ without any regression (M/M/1 at 2 % and 98 %: +65 % to +177 % in p95).
 */
final class RateBalance {
    static final double TOLERATED = 0.2;
    private static final double LOG_TOLERATED = StrictMath.log1p(TOLERATED);

    private RateBalance() {}

    /** One slot, with room for chance: three standard errors of the logarithm of a ratio of Poisson counts. */
    static boolean isEqual(Slot slot) {
        return isEqual(slot.control(), slot.candidate(), 3);
    }

    /** The last 30 slots together. */
    static boolean isEqual(Recent recent) {
        ArmSums[] arms = sums(recent);
        return isEqual(arms[0], arms[1], 2);
    }

    private static boolean isEqual(ArmSums control, ArmSums candidate, double errors) {
        if (control.requests() == 0 || candidate.requests() == 0) {
            return control.requests() + candidate.requests() < 20;
        }
        double ratio = candidate.requestsPerReplicaSecond() / control.requestsPerReplicaSecond();
        double chance = errors * StrictMath.sqrt(1.0 / control.requests() + 1.0 / candidate.requests());
        return Math.abs(StrictMath.log(ratio)) <= LOG_TOLERATED + chance;
    }

    static String unequal(Recent recent) {
        ArmSums[] arms = sums(recent);
        return "candidate replicas get " + Figures.number(arms[1].requestsPerReplicaSecond())
                + " requests/s each, control replicas " + Figures.number(arms[0].requestsPerReplicaSecond())
                + ": not comparable beyond " + Figures.percent(TOLERATED) + " difference";
    }

    private static ArmSums[] sums(Recent recent) {
        ArmSums control = ArmSums.NONE;
        ArmSums candidate = ArmSums.NONE;
        Iterator<Slot> slots = recent.newestFirst();
        for (int i = 0; i < Recent.SLOTS && slots.hasNext(); i++) {
            Slot s = slots.next();
            if (s.usable(true)) {
                control = control.plusWithoutLatency(s.control());
                candidate = candidate.plusWithoutLatency(s.candidate());
            }
        }
        return new ArmSums[] {control, candidate};
    }
}

package io.slipway.analysis;

/**
 * Whether both arms get the same number of requests per replica. Latency rises with load, and a replica's memory is shared by its requests:
 * arms at different rates differ without any regression (M/M/1 at 2 % and 98 %: +65 % to +177 % in p95).
 */
final class RateBalance {
    static final double TOLERATED = 0.2;
    /** Requests by which a ratio of few requests is drawn towards 1. */
    private static final double EVEN = 20;

    private static final double LOG_TOLERATED = StrictMath.log1p(TOLERATED);

    private RateBalance() {}

    /** One slot, with room for chance: three standard errors of the logarithm of a ratio of Poisson counts. */
    static boolean isEqual(Slot slot) {
        return isEqual(slot.control(), slot.candidate(), 3);
    }

    /** The last 30 slots together. */
    static boolean isEqual(Recent recent) {
        Recent.Pair arms = recent.sums(Recent.SLOTS);
        return isEqual(arms.control(), arms.candidate(), 2);
    }

    /** The candidate's requests for each of the control's, as the replicas share them, or else as a slot counted them. */
    static double ratio(Slot slot) {
        ArmSums control = slot.control();
        ArmSums candidate = slot.candidate();
        return isEqual(slot) && control.replicaSeconds() > 0 && candidate.replicaSeconds() > 0
                ? candidate.replicaSeconds() / control.replicaSeconds()
                : (candidate.requests() + EVEN) / (control.requests() + EVEN);
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
        Recent.Pair arms = recent.sums(Recent.SLOTS);
        return "candidate replicas get " + Figures.number(arms.candidate().requestsPerReplicaSecond())
                + " requests/s each, control replicas "
                + Figures.number(arms.control().requestsPerReplicaSecond())
                + ": not comparable beyond " + Figures.percent(TOLERATED) + " difference";
    }
}

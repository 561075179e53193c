package io.slipway.analysis;

import io.slipway.base.Crashes;
import io.slipway.release.Metric;
import java.util.function.ToIntFunction;

/**
 * The fast path of replicas that end by themselves: more often than {@link #A_DAY} times a day and replica, and in a loop. No warm-up is left out: whoever
 * crashes is always younger than it.
 *
 * <p>The null is a Poisson process of at most that rate. A mixture of likelihood ratios against rates so many times as large is a supermartingale under it,
 * so it may be looked at after each slot (Ville's inequality). Half of the budget is for the whole comparison, which finds what ends every few hours; half for
 * stretches of ten minutes that begin anew, each with a share of its own, which find a loop at any hour.
 *
 * <p>What ends all replicas at once, as a host that goes down, is one end and no loop: of a slot, so many ends count as its replicas may each have had. That,
 * and that three are asked for as well, only makes it rarer.
 */
final class CrashLoop {
    /** Probability over the whole comparison of calling a candidate a loop whose replicas end no more often. */
    static final double ALPHA = 0.001;

    /** Ends of one replica in a day that are tolerated. */
    static final double A_DAY = 4;

    private static final double DAY_SECONDS = 86_400;
    private static final int LOOP = 3;
    private static final double STRETCH_SECONDS = 600;
    private static final double[] TIMES = {3, 10, 100, 1000};
    private static final double ENOUGH = StrictMath.log(2 / ALPHA);

    private final Metric metric;
    private final ToIntFunction<Crashes> count;
    private final Arm control;
    private final Arm candidate;
    private double seconds;

    /** One arm. */
    private static final class Arm {
        /** All, to be told of. */
        int all;

        int replicas = 1;
        int ends;
        double replicaSeconds;
        int stretchAll;
        int stretchEnds;
        double stretchReplicaSeconds;
        double stretchSeconds;
        int stretches = 1;

        void add(int allMore, double replicaSecondsMore, double secondsMore) {
            replicas = Math.max(replicas, (int) Math.round(replicaSecondsMore / secondsMore));
            int more = Math.ceilDiv(allMore, replicas);
            all += allMore;
            ends += more;
            replicaSeconds += replicaSecondsMore;
            if (stretchSeconds >= STRETCH_SECONDS) {
                stretches++;
                stretchAll = 0;
                stretchEnds = 0;
                stretchReplicaSeconds = 0;
                stretchSeconds = 0;
            }
            stretchAll += allMore;
            stretchEnds += more;
            stretchReplicaSeconds += replicaSecondsMore;
            stretchSeconds += secondsMore;
        }

        boolean inAll() {
            return ends >= LOOP && evidence(ends, replicaSeconds) >= ENOUGH;
        }

        boolean inStretch() {
            double share = StrictMath.log((double) stretches * (stretches + 1));
            return stretchEnds >= LOOP && evidence(stretchEnds, stretchReplicaSeconds) >= ENOUGH + share;
        }

        boolean isLoop() {
            return inAll() || inStretch();
        }
    }

    /** @param metric {@link Metric#CRASHES} or {@link Metric#OOM_KILLS} */
    CrashLoop(Metric metric) {
        this.metric = metric;
        this.count = metric == Metric.OOM_KILLS ? Crashes::outOfMemory : Crashes::ends;
        this.control = new Arm();
        this.candidate = new Arm();
    }

    void add(Slot slot) {
        seconds += slot.seconds();
        add(control, slot.control(), slot.hasControl(), slot.seconds());
        add(candidate, slot.candidate(), slot.hasCandidate(), slot.seconds());
    }

    /** An arm whose replicas all have ended is still one that was there. */
    private void add(Arm arm, ArmSums sums, boolean isThere, double slotSeconds) {
        int ends = count.applyAsInt(sums.crashes());
        if (isThere) {
            arm.add(ends, Math.max(sums.replicaSeconds(), slotSeconds), slotSeconds);
        }
    }

    /** Logarithm of the mixture. */
    static double evidence(int ends, double replicaSeconds) {
        double expected = A_DAY / DAY_SECONDS * replicaSeconds;
        double most = Double.NEGATIVE_INFINITY;
        double[] logs = new double[TIMES.length];
        for (int i = 0; i < TIMES.length; i++) {
            logs[i] = ends * StrictMath.log(TIMES[i]) - (TIMES[i] - 1) * expected;
            most = Math.max(most, logs[i]);
        }
        double sum = 0;
        for (double log : logs) {
            sum += StrictMath.exp(log - most);
        }
        return most + StrictMath.log(sum / TIMES.length);
    }

    boolean isFound() {
        return candidate.isLoop();
    }

    /** The control's replicas end again and again as well, at least half as often: not, or not only, this release. */
    boolean isCommon() {
        return candidate.inAll()
                ? isAlike(control.ends, control.replicaSeconds, candidate.ends, candidate.replicaSeconds)
                : candidate.inStretch()
                        && isAlike(
                                control.stretchEnds,
                                control.stretchReplicaSeconds,
                                candidate.stretchEnds,
                                candidate.stretchReplicaSeconds);
    }

    private static boolean isAlike(int ends0, double seconds0, int ends1, double seconds1) {
        return ends0 > 1 && 2 * ends0 * seconds1 >= ends1 * seconds0;
    }

    /** Whether there is anything to tell. */
    boolean isAny() {
        return candidate.all + control.all > 0;
    }

    MetricVerdict verdict(long requests0, long requests1) {
        boolean stretch = candidate.inStretch() && !candidate.inAll();
        int ends = stretch ? candidate.stretchAll : candidate.all;
        double during = stretch ? candidate.stretchSeconds : seconds;
        String what = metric == Metric.OOM_KILLS ? "were killed by the OOM killer" : "ended by themselves";
        String found = isFound()
                ? "regressed, at most 1 in " + Math.round(1 / ALPHA) + " to be chance"
                : "too few to call it a loop";
        String sentence = Figures.name(metric) + ": its replicas " + what + " " + times(ends) + " in "
                + Figures.duration(during) + ", the control's " + times(stretch ? control.stretchAll : control.all)
                + "; tolerated "
                + Figures.number(A_DAY) + " times a day and replica: " + found;
        return new MetricVerdict(
                metric,
                isFound() ? Outcome.REGRESSED : Outcome.NOT_ENOUGH_EVIDENCE,
                stretch ? control.stretchAll : control.all,
                ends,
                ends,
                Double.NaN,
                Double.NaN,
                A_DAY,
                ALPHA,
                requests0,
                requests1,
                sentence);
    }

    private static String times(int ends) {
        return ends == 1 ? "once" : ends + " times";
    }
}

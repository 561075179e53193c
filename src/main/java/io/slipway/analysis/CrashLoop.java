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
 * <p>What ends all replicas at once, as a host that goes down, is one end and no loop: of a slot, one counts. That, and that three are asked for as well, only
 * makes it rarer.
 */
final class CrashLoop {
    /** Probability over the whole comparison of calling a candidate a loop whose replicas end no more often. */
    static final double ALPHA = 0.001;

    /** Ends of one replica in a day that are tolerated. */
    static final double A_DAY = 4;

    private static final double DAY_SECONDS = 86_400;
    private static final int LOOP = 3;
    private static final double STRETCH_SECONDS = 600;
    /** Windows may be long: of fewer slots three could not have an end. */
    private static final int STRETCH_SLOTS = 6;
    /** Slots after which an arm that has become smaller is so. */
    private static final int RECENT = 30;

    private static final double[] TIMES = {3, 10, 100, 1000};
    private static final double ENOUGH = StrictMath.log(2 / ALPHA);

    private final Metric metric;
    private final ToIntFunction<Crashes> count;
    private final Arm control = new Arm();
    private final Arm candidate = new Arm();
    private boolean hasControl;
    private double seconds;
    private double stretchSeconds;
    private int stretchSlots;
    private int stretches = 1;

    /** What was counted of one arm, since the beginning or in this stretch. */
    private static final class Count {
        /** All ends, to be told of. */
        int all;
        /** Slots with an end. */
        int slots;

        double replicaSeconds;

        void add(int ends, double more) {
            all += ends;
            slots += ends > 0 ? 1 : 0;
            replicaSeconds += more;
        }

        boolean isLoop(double enough) {
            return slots >= LOOP && evidence(slots, replicaSeconds) >= enough;
        }
    }

    /** One arm. */
    private static final class Arm {
        final Count inAll = new Count();
        Count inStretch = new Count();
        Count before = new Count();
        /** Ready replicas of the newest slots in which none ended. */
        private final int[] ready = new int[RECENT];

        private int quiet;
        private int readyNow;

        void add(int ends, double replicaSeconds, int replicas) {
            inAll.add(ends, replicaSeconds);
            inStretch.add(ends, replicaSeconds);
            readyNow = replicas;
            if (ends == 0) {
                ready[quiet % RECENT] = replicas;
                quiet++;
            }
        }

        void beginStretch() {
            before = inStretch;
            inStretch = new Count();
        }

        /** The most that were ready at once: those that are about to start again are still its. 0 while nobody knows. */
        int replicas() {
            int most = readyNow;
            for (int n : ready) {
                most = Math.max(most, n);
            }
            return most;
        }

        /** An outage may have begun in the stretch before. */
        int lately() {
            return before.all + inStretch.all;
        }
    }

    /** @param metric {@link Metric#CRASHES} or {@link Metric#OOM_KILLS} */
    CrashLoop(Metric metric) {
        this.metric = metric;
        this.count = metric == Metric.OOM_KILLS ? Crashes::outOfMemory : Crashes::ends;
    }

    void add(Slot slot) {
        if (stretchSeconds >= STRETCH_SECONDS && stretchSlots >= STRETCH_SLOTS) {
            stretches++;
            stretchSeconds = 0;
            stretchSlots = 0;
            control.beginStretch();
            candidate.beginStretch();
        }
        hasControl |= slot.hasControl();
        seconds += slot.seconds();
        stretchSeconds += slot.seconds();
        stretchSlots++;
        add(control, slot.control(), slot.hasControl(), slot.seconds());
        add(candidate, slot.candidate(), slot.hasCandidate(), slot.seconds());
    }

    /** An arm whose replicas all have ended is still one that was there. */
    private void add(Arm arm, ArmSums sums, boolean isThere, double slotSeconds) {
        if (isThere) {
            int ends = count.applyAsInt(sums.crashes());
            arm.add(ends, Math.max(sums.replicaSeconds(), slotSeconds), sums.replicas());
        }
    }

    /** Whether the control's replicas end at least half as often, each; one end of it is enough where it has too few for more than two. */
    private boolean isAlike(int ofControl, int ofCandidate) {
        long controls = Math.max(1, control.replicas());
        return ofControl > 0
                && (candidate.replicas() == 0 || 2L * ofControl * candidate.replicas() >= ofCandidate * controls);
    }

    private boolean isLoopInStretch() {
        return candidate.inStretch.isLoop(ENOUGH + StrictMath.log((double) stretches * (stretches + 1)));
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

    /** A loop of the candidate alone: where the control's replicas end as well, it is not, or not only, this release. */
    boolean isFound() {
        return isLoopInStretch()
                ? !isAlike(control.lately(), candidate.lately())
                : candidate.inAll.isLoop(ENOUGH) && !isAlike(control.inAll.all, candidate.inAll.all);
    }

    /** Whether there is anything to tell. */
    boolean isAny() {
        return candidate.inAll.all + control.inAll.all > 0;
    }

    MetricVerdict verdict(long requests0, long requests1) {
        boolean stretch = isLoopInStretch();
        int ends = (stretch ? candidate.inStretch : candidate.inAll).all;
        int controls = (stretch ? control.inStretch : control.inAll).all;
        double during = stretch ? stretchSeconds : seconds;
        String what = metric == Metric.OOM_KILLS ? "were killed by the OOM killer" : "ended by themselves";
        String found = isFound()
                ? "regressed, at most 1 in " + Math.round(1 / ALPHA) + " to be chance"
                : isLoopInStretch() || candidate.inAll.isLoop(ENOUGH)
                        ? "as the control's do, so not this release's doing"
                        : "too few to call it a loop";
        String sentence = Figures.name(metric) + ": its replicas " + what + " " + times(ends) + " in "
                + Figures.duration(during)
                + (hasControl ? ", the control's " + times(controls) : "")
                + "; tolerated "
                + Figures.number(A_DAY) + " times a day and replica: " + found;
        return new MetricVerdict(
                metric,
                isFound() ? Outcome.REGRESSED : Outcome.NOT_ENOUGH_EVIDENCE,
                hasControl ? controls : Double.NaN,
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

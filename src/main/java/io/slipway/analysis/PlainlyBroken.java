package io.slipway.analysis;

import io.slipway.analysis.Alternatives.Side;
import io.slipway.release.Metric;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The fast path: within one minute the candidate's error rate is beyond three times the control's and 5pp more. No noise that is worth waiting for
 * does that, so nothing is widened. Every minute is a test of its own, with a share of a budget of its own (a union bound over minutes); within a
 * minute evidence is gathered as in {@link RateTest}, so it may be looked at after each slot.
 */
final class PlainlyBroken {
    /** Probability of ever calling a candidate broken whose error rate never is beyond that bound. */
    static final double ALPHA = 0.001;

    private static final double TIMES = 3;
    private static final double MORE = 0.05;
    private static final long SECONDS = 60;
    private static final int STEPS = 60;
    private static final double GOLDEN = 0.6180339887498949;

    private final double more;
    private @Nullable Instant minute;
    private int minutes;
    private double hits0;
    private double trials0;
    private double hits1;
    private double trials1;

    @Nullable
    private Finding found;

    /** What was found, and until when it says something about now. */
    private record Finding(Instant from, Instant until, double control, double candidate) {}

    /** @param margin what is tolerated of the error rate anyway */
    PlainlyBroken(double margin) {
        more = Math.max(MORE, margin);
    }

    void add(Slot slot) {
        Instant begun = minute;
        if (begun == null || !slot.start().isBefore(begun.plusSeconds(SECONDS))) {
            begun = slot.start();
            minute = begun;
            minutes++;
            hits0 = 0;
            trials0 = 0;
            hits1 = 0;
            trials1 = 0;
        }
        hits0 += slot.control().errors();
        trials0 += slot.control().requests();
        hits1 += slot.candidate().errors();
        trials1 += slot.candidate().requests();
        if (isBroken()) {
            found = new Finding(begun, slot.end().plusSeconds(SECONDS), hits0 / trials0, hits1 / trials1);
        } else if (found != null && slot.end().isAfter(found.until)) {
            found = null;
        }
    }

    /** Within the last minute. */
    boolean isFound() {
        return found != null;
    }

    private boolean isBroken() {
        if (trials0 == 0 || trials1 == 0 || hits1 / trials1 <= bound(hits0 / trials0)) {
            return false;
        }
        double enough = -StrictMath.log(ALPHA / ((double) minutes * (minutes + 1)));
        return atMost() >= enough && least() >= enough;
    }

    private double bound(double control) {
        return Math.min(1, TIMES * control + more);
    }

    private double atMost() {
        double p = hits0 / trials0;
        return Alternatives.logAtMost(hits0, trials0, p, hits1, trials1, bound(p));
    }

    /** Over the control's rate: both bounds are linear in it, so the evidence is log-convex, and golden sections find its least. */
    private double least() {
        double low = 0;
        double high = (1 - more) / TIMES;
        double least = Math.min(at(low), at(high));
        double a = high - GOLDEN * (high - low);
        double b = low + GOLDEN * (high - low);
        double atA = at(a);
        double atB = at(b);
        for (int i = 0; i < STEPS; i++) {
            least = Math.min(least, Math.min(atA, atB));
            if (atA < atB) {
                high = b;
                b = a;
                atB = atA;
                a = high - GOLDEN * (high - low);
                atA = at(a);
            } else {
                low = a;
                a = b;
                atA = atB;
                b = low + GOLDEN * (high - low);
                atB = at(b);
            }
        }
        return least;
    }

    private double at(double p) {
        return Alternatives.of(Side.WORSE, 1).log(hits0, trials0, p, hits1, trials1, bound(p));
    }

    /** Of what was found. */
    MetricVerdict verdict(double margin, Prices prices, long requests0, long requests1) {
        Finding it = Objects.requireNonNull(found);
        String sentence = "error rate is " + Figures.value(Metric.ERROR_RATE, it.candidate, prices) + " against "
                + Figures.value(Metric.ERROR_RATE, it.control, prices) + " in the minute from " + it.from
                + ": regressed, plainly broken (beyond " + Figures.number(TIMES) + " times the control's and "
                + Figures.difference(Metric.ERROR_RATE, more) + "), at most 1 in " + Math.round(1 / ALPHA)
                + " to be chance";
        return new MetricVerdict(
                Metric.ERROR_RATE,
                Outcome.REGRESSED,
                it.control,
                it.candidate,
                it.candidate - it.control,
                more,
                1,
                margin,
                ALPHA,
                requests0,
                requests1,
                sentence);
    }
}

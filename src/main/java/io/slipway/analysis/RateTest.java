package io.slipway.analysis;

import io.slipway.analysis.Alternatives.Side;

/**
 * Difference of the arms' error rates, from counts.
 *
 * <p>If the candidate's rate is at most the control's rate p plus d, then evidence against the bounds (p, p + d) is a supermartingale. p is not
 * known, so the least evidence over all p is what counts: nothing is paid for not knowing it. In p each term of the mixture is log-convex
 * ({@code -log(1 + p (k - 1))} is convex for every k), and so is their sum; the least is found by Newton's method.
 *
 * @param scale by how much the counts are divided since they vary more than independent requests would, 1 or more
 * @param drift relative difference of rates that is not yet taken for evidence of a regression, since it may be noise that has not shown yet
 * @param ratio of the candidate's to the control's requests, known before they were counted
 */
record RateTest(double hits0, double trials0, double hits1, double trials1, double scale, double ratio, double drift)
        implements Evidence {
    private static final int NEWTON_STEPS = 40;

    @Override
    public double logWorse(double margin, double enough) {
        double tolerated = margin + drift * Math.max(0, control() + margin);
        return estimate() <= tolerated ? 0 : least(Side.WORSE, Math.min(1, tolerated), enough);
    }

    @Override
    public double logBetter(double margin, double enough) {
        return estimate() >= margin ? 0 : least(Side.BETTER, margin, enough);
    }

    /** What {@link #logWorse} cannot be above, whatever scale and drift are. */
    static double atMost(double hits0, double trials0, double hits1, double trials1, double margin) {
        double p = Math.clamp(
                (hits0 + hits1 - trials1 * margin) / (trials0 + trials1),
                Math.max(0, -margin),
                Math.min(1, 1 - margin));
        return Alternatives.logAtMost(hits0, trials0, p, hits1, trials1, p + margin);
    }

    /** Least evidence over the control's rate; where that is below {@code enough}, a value below {@code enough}. */
    private double least(Side side, double d, double enough) {
        if (trials0 == 0 || trials1 == 0) {
            return 0;
        }
        Alternatives alternatives = Alternatives.of(side, ratio);
        double low = Math.max(0, -d);
        double high = Math.min(1, 1 - d);
        double p = Math.clamp((hits0 + hits1 - trials1 * d) / (trials0 + trials1), low, high);
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < NEWTON_STEPS; i++) {
            Alternatives.At at = alternatives.at(p, p + d);
            least = Math.min(least, at.log(hits0 / scale, trials0 / scale, hits1 / scale, trials1 / scale));
            double[] slope = at.slopeOfBounds(trials0 / scale, trials1 / scale);
            if (slope[0] > 0) {
                high = p;
            } else {
                low = p;
            }
            double next = p - slope[0] / slope[1];
            if (!(next > low && next < high)) {
                next = (low + high) / 2;
            }
            // A convex function lies above its tangent: nothing within the bracket is lower than this.
            double below = Math.abs(slope[0]) * (slope[0] > 0 ? p - low : high - p);
            if (least < enough || below < 1e-9 || Math.abs(next - p) < 1e-15) {
                return least;
            }
            p = next;
        }
        return least;
    }

    @Override
    public double control() {
        return trials0 == 0 ? Double.NaN : hits0 / trials0;
    }

    @Override
    public double candidate() {
        return trials1 == 0 ? Double.NaN : hits1 / trials1;
    }

    @Override
    public double estimate() {
        return candidate() - control();
    }

    @Override
    public double low(double enough) {
        return Bisection.last(-1, estimate(), d -> logWorse(d, enough) >= enough);
    }

    @Override
    public double high(double enough) {
        return -Bisection.last(-1, -estimate(), d -> logBetter(-d, enough) >= enough);
    }
}

package io.slipway.analysis;

/**
 * Difference of the arms' error rates, from counts.
 *
 * <p>If the candidate's rate is at most the control's rate p plus d, then evidence that the control is below p, times evidence that the
 * candidate is above p + d, is a product of independent supermartingales. p is not known, so the least product over all p is what counts.
 */
final class RateComparer implements Comparer {
    private static final double GOLDEN = 0.6180339887498949;

    private final double inheritedDispersion;
    private final Dispersion dispersion = new Dispersion();
    private double hits0;
    private double trials0;
    private double hits1;
    private double trials1;

    RateComparer(double inheritedDispersion) {
        this.inheritedDispersion = inheritedDispersion;
    }

    @Override
    public void add(Slot slot) {
        ArmSums control = slot.control();
        ArmSums candidate = slot.candidate();
        hits0 += control.errors();
        trials0 += control.requests();
        hits1 += candidate.errors();
        trials1 += candidate.requests();
        dispersion.add(candidate.errors(), candidate.requests(), control.errors(), control.requests());
    }

    @Override
    public double logWorse(double margin, double enough) {
        return least(BernoulliEvidence.BELOW, BernoulliEvidence.ABOVE, margin, enough);
    }

    @Override
    public double logBetter(double margin, double enough) {
        return least(BernoulliEvidence.ABOVE, BernoulliEvidence.BELOW, margin, enough);
    }

    private double least(BernoulliEvidence ofControl, BernoulliEvidence ofCandidate, double d, double enough) {
        if (trials0 == 0 || trials1 == 0) {
            return 0;
        }
        double scale = dispersion();
        double low = Math.max(0, -d);
        double high = Math.min(1, 1 - d);
        double pooled = clamp((hits0 + hits1 - trials1 * d) / (trials0 + trials1), low, high);
        double first = at(pooled, ofControl, ofCandidate, d, scale);
        if (first < enough) {
            return first;
        }
        double a = clamp(Math.min(control(), candidate() - d), low, high);
        double b = clamp(Math.max(control(), candidate() - d), low, high);
        double inner = golden(a, b, ofControl, ofCandidate, d, scale);
        double ends =
                Math.min(at(low, ofControl, ofCandidate, d, scale), golden(low, a, ofControl, ofCandidate, d, scale));
        return Math.min(Math.min(first, inner), Math.min(ends, golden(b, high, ofControl, ofCandidate, d, scale)));
    }

    private double golden(double from, double to, BernoulliEvidence c, BernoulliEvidence k, double d, double scale) {
        double a = from;
        double b = to;
        double least = Math.min(at(a, c, k, d, scale), at(b, c, k, d, scale));
        double x = b - GOLDEN * (b - a);
        double y = a + GOLDEN * (b - a);
        double fx = at(x, c, k, d, scale);
        double fy = at(y, c, k, d, scale);
        for (int i = 0; i < 20; i++) {
            if (fx < fy) {
                b = y;
                y = x;
                fy = fx;
                x = b - GOLDEN * (b - a);
                fx = at(x, c, k, d, scale);
            } else {
                a = x;
                x = y;
                fx = fy;
                y = a + GOLDEN * (b - a);
                fy = at(y, c, k, d, scale);
            }
        }
        return Math.min(least, Math.min(fx, fy));
    }

    private double at(double p, BernoulliEvidence c, BernoulliEvidence k, double d, double scale) {
        return BernoulliEvidence.logPair(
                c, hits0 / scale, trials0 / scale, p, k, hits1 / scale, trials1 / scale, p + d);
    }

    private static double clamp(double value, double low, double high) {
        return Math.min(high, Math.max(low, value));
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

    @Override
    public double dispersion() {
        if (trials0 + trials1 == 0) {
            return inheritedDispersion;
        }
        double p = (hits0 + hits1) / (trials0 + trials1);
        return Math.max(inheritedDispersion, dispersion.ratio(p * (1 - p)));
    }

    @Override
    public Comparer restarted() {
        return new RateComparer(dispersion());
    }
}

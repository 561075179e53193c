package io.slipway.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.slipway.analysis.Alternatives.Side;
import org.junit.jupiter.api.Test;

/** Exact: sums over all outcomes, no sampling. */
class AlternativesTest {
    @Test
    void with_both_arms_at_their_bounds_the_evidence_has_a_mean_of_one() {
        for (Side side : Side.values()) {
            for (double ratio : new double[] {0.1, 1, 3.3}) {
                assertThat(mean(side, ratio, 0.1, 0.15, 0.1, 0.15)).isCloseTo(1, within(1e-9));
                assertThat(mean(side, ratio, 0.05, 0.05, 0.05, 0.05)).isCloseTo(1, within(1e-9));
            }
        }
    }

    @Test
    void where_the_hypothesis_holds_with_room_the_mean_is_below_one() {
        assertThat(mean(Side.WORSE, 1, 0.1, 0.15, 0.12, 0.13)).isLessThan(1);
        assertThat(mean(Side.BETTER, 1, 0.1, 0.15, 0.08, 0.17)).isLessThan(1);
    }

    @Test
    void evidence_for_worse_rises_with_the_candidates_hits_and_falls_with_the_controls() {
        Alternatives.At at = Alternatives.of(Side.WORSE, 1).at(0.05, 0.05);
        for (int hits = 0; hits < 40; hits++) {
            assertThat(at.log(10, 200, hits + 1, 200)).isGreaterThan(at.log(10, 200, hits, 200));
            assertThat(at.log(hits + 1, 200, 10, 200)).isLessThan(at.log(hits, 200, 10, 200));
        }
    }

    @Test
    void its_slopes_are_those_of_the_evidence() {
        double step = 1e-6;
        Alternatives alternatives = Alternatives.of(Side.WORSE, 2);
        Alternatives.At at = alternatives.at(0.03, 0.04);
        double here = at.log(3, 100, 12, 200);
        double ofHits = at.slopeOfHits1();
        double ofBounds = at.slopeOfBounds(100, 200)[0];
        assertThat(at.log(3, 100, 12 + step, 200) - here).isCloseTo(ofHits * step, within(1e-9));
        double moved = alternatives.log(3, 100, 0.03 + step, 12, 200, 0.04 + step);
        assertThat(moved - here).isCloseTo(ofBounds * step, within(1e-7));
    }

    /** Over 30 requests of the control and 30 of the candidate. */
    private static double mean(Side side, double ratio, double bound0, double bound1, double rate0, double rate1) {
        double mean = 0;
        Alternatives.At at = Alternatives.of(side, ratio).at(bound0, bound1);
        for (int x0 = 0; x0 <= 30; x0++) {
            for (int x1 = 0; x1 <= 30; x1++) {
                mean += binomial(30, x0, rate0) * binomial(30, x1, rate1) * Math.exp(at.log(x0, 30, x1, 30));
            }
        }
        return mean;
    }

    private static double binomial(int n, int k, double p) {
        double choose = 1;
        for (int i = 1; i <= k; i++) {
            choose = choose * (n - k + i) / i;
        }
        return choose * Math.pow(p, k) * Math.pow(1 - p, n - k);
    }
}

package io.slipway.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class BernoulliEvidenceTest {
    /** Exact: over all outcomes of n trials at the bound the mean is 1, as a likelihood ratio's must be. */
    @Test
    void its_mean_at_the_bound_is_one() {
        for (BernoulliEvidence side : BernoulliEvidence.values()) {
            assertThat(meanAt(side, 0.05, 0.05, 60)).isCloseTo(1, within(1e-9));
            assertThat(meanAt(side, 0.4, 0.4, 60)).isCloseTo(1, within(1e-9));
        }
    }

    @Test
    void its_mean_is_below_one_where_the_bound_is_respected() {
        assertThat(meanAt(BernoulliEvidence.ABOVE, 0.05, 0.04, 60)).isLessThan(1);
        assertThat(meanAt(BernoulliEvidence.BELOW, 0.05, 0.06, 60)).isLessThan(1);
    }

    @Test
    void the_pair_has_a_mean_of_one_when_both_arms_are_at_their_bounds() {
        double mean = 0;
        for (int x0 = 0; x0 <= 30; x0++) {
            for (int x1 = 0; x1 <= 30; x1++) {
                double evidence = BernoulliEvidence.logPair(
                        BernoulliEvidence.BELOW, x0, 30, 0.1, BernoulliEvidence.ABOVE, x1, 30, 0.15);
                mean += binomial(30, x0, 0.1) * binomial(30, x1, 0.15) * Math.exp(evidence);
            }
        }
        assertThat(mean).isCloseTo(1, within(1e-9));
    }

    private static double meanAt(BernoulliEvidence side, double bound, double rate, int trials) {
        double mean = 0;
        for (int hits = 0; hits <= trials; hits++) {
            mean += binomial(trials, hits, rate) * Math.exp(side.log(hits, trials, bound));
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

package io.slipway.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.slipway.analysis.Alternatives.Side;
import io.slipway.base.LatencyHistogram;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The least evidence over what is not known, and the intervals, against searches that try everything. */
class EvidenceTest {
    private static final double ENOUGH = 5;

    @Test
    void the_least_over_the_controls_rate_is_that_of_a_fine_grid() {
        Random random = new Random(3);
        for (int i = 0; i < 200; i++) {
            double n0 = 50 + random.nextInt(5000);
            double n1 = 50 + random.nextInt(5000);
            double x0 = Math.floor(n0 * random.nextDouble() * 0.2);
            double x1 = Math.floor(n1 * random.nextDouble() * 0.4);
            RateTest test = new RateTest(x0, n0, x1, n1, 1 + random.nextDouble(), n1 / n0, 0);
            double margin = random.nextDouble() * 0.05;
            double found = test.logWorse(margin, Double.NEGATIVE_INFINITY);
            double grid = test.estimate() <= margin ? 0 : leastOnGrid(test, margin);
            assertThat(found).as(test + " at " + margin).isLessThanOrEqualTo(grid + 1e-6);
            assertThat(found).isGreaterThan(grid - 0.05);
        }
    }

    private static double leastOnGrid(RateTest t, double d) {
        Alternatives alternatives = Alternatives.of(Side.WORSE, t.ratio());
        double least = Double.POSITIVE_INFINITY;
        for (double p = 0; p <= 1 - d; p += 1e-4) {
            double s = t.scale();
            least = Math.min(
                    least, alternatives.log(t.hits0() / s, t.trials0() / s, p, t.hits1() / s, t.trials1() / s, p + d));
        }
        return least;
    }

    @Test
    void the_ends_of_the_rates_interval_are_where_the_evidence_suffices() {
        RateTest test = new RateTest(40, 4000, 160, 4000, 1, 1, 0);
        double low = test.low(ENOUGH);
        double high = test.high(ENOUGH);
        assertThat(low).isBetween(0.005, test.estimate());
        assertThat(high).isBetween(test.estimate(), 0.06);
        assertThat(test.logWorse(low - 1e-4, ENOUGH)).isGreaterThan(ENOUGH);
        assertThat(test.logWorse(low + 1e-4, ENOUGH)).isLessThan(ENOUGH);
        assertThat(test.logBetter(high + 1e-4, ENOUGH)).isGreaterThan(ENOUGH);
        assertThat(test.logBetter(high - 1e-4, ENOUGH)).isLessThan(ENOUGH);
    }

    @Test
    void the_ends_of_the_quantiles_interval_are_where_the_evidence_suffices() {
        Random random = new Random(5);
        for (int i = 0; i < 20; i++) {
            int n = 300 + random.nextInt(20_000);
            double times = 0.8 + random.nextDouble();
            QuantileTest test = new QuantileTest(tail(random, n, 80), tail(random, n, 80 * times), 100, 1, 1);
            double low = test.low(ENOUGH);
            double high = test.high(ENOUGH);
            String which = n + " requests, " + times + " times, " + low + " to " + high;
            assertThat(test.estimate()).as(which).isBetween(low, high);
            double step = LatencyHistogram.GROWTH;
            if (low > -1) {
                assertThat(test.logWorse((1 + low) / step - 1, ENOUGH))
                        .as(which)
                        .isGreaterThan(ENOUGH);
                assertThat(test.logWorse((1 + low) * step - 1, ENOUGH))
                        .as(which)
                        .isLessThan(ENOUGH);
            }
            if (high < Double.POSITIVE_INFINITY) {
                assertThat(test.logBetter((1 + high) * step - 1, ENOUGH))
                        .as(which)
                        .isGreaterThan(ENOUGH);
                assertThat(test.logBetter((1 + high) / step - 1, ENOUGH))
                        .as(which)
                        .isLessThan(ENOUGH);
            }
        }
    }

    private static Tail tail(Random random, int requests, double medianMs) {
        long[] counts = new long[LatencyHistogram.BUCKETS];
        for (int i = 0; i < requests; i++) {
            double ms = medianMs * Math.exp(0.5 * random.nextGaussian());
            counts[LatencyHistogram.bucketOfNanos((long) (ms * 1e6))]++;
        }
        Tail tail = new Tail();
        tail.count(counts, 0, counts.length - 1);
        return tail;
    }

    /** For normal differences the t-test's e-process is a likelihood ratio: without an effect its mean is 1, whatever the scale. */
    @Test
    void the_t_tests_evidence_has_a_mean_of_at_most_one_without_an_effect() {
        Random random = new Random(11);
        for (double sigma : new double[] {0.1, 10}) {
            double sum = 0;
            int runs = 20_000;
            for (int i = 0; i < runs; i++) {
                CostSums sums = new CostSums();
                for (int slot = 0; slot < 20; slot++) {
                    sums.add(100 + sigma * random.nextGaussian(), 1, 100 + sigma * random.nextGaussian(), 1);
                }
                sum += Math.exp(new CostTest(sums, 1).logWorse(0, 0));
            }
            // One-sided: what is below the margin counts as evidence of 1.
            assertThat(sum / runs).isCloseTo(1, within(0.15));
        }
    }

    @Test
    void noise_that_has_not_shown_yet_asks_for_more_difference_in_rates() {
        RateTest plain = new RateTest(3, 300, 30, 300, 1, 1, 0);
        RateTest careful = new RateTest(3, 300, 30, 300, 1, 1, 0.8);
        assertThat(careful.logWorse(0.005, 0)).isLessThan(plain.logWorse(0.005, 0));
        assertThat(careful.logBetter(0.2, 0)).isEqualTo(plain.logBetter(0.2, 0));
    }
}

package io.slipway.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class VariationTest {
    private static final int REQUESTS = 100;
    private static final double RATE = 0.1;

    /** Counts of both arms, with noise of their own in the rate. */
    private static Variation of(int slots, double size, double correlation, long seed) {
        Random random = new Random(seed);
        Variation variation = new Variation();
        Batches batches = new Batches();
        double[] noise = new double[2];
        for (int i = 0; i < slots; i++) {
            int[] hits = new int[2];
            for (int arm = 0; arm < 2; arm++) {
                noise[arm] =
                        correlation * noise[arm] + Math.sqrt(1 - correlation * correlation) * random.nextGaussian();
                for (int r = 0; r < REQUESTS; r++) {
                    hits[arm] += random.nextDouble() < RATE * (1 + size * noise[arm]) ? 1 : 0;
                }
            }
            batches.add(hits[0], REQUESTS, hits[1], REQUESTS, 0, block -> variation, new Variation());
        }
        return variation;
    }

    @Test
    void independent_requests_widen_nothing_or_little() {
        for (int seed = 0; seed < 20; seed++) {
            assertThat(of(2000, 0, 0, seed).ratio(RATE * (1 - RATE), 0.9, 10_000))
                    .isLessThan(2.5);
        }
    }

    /** 100 requests at 10 %: noise of 30 % adds as much variance again; at correlation 0.9, 19 times as much to long means. */
    @Test
    void correlated_noise_is_found_in_full_whatever_the_length() {
        double ratio = of(20_000, 0.3, 0.9, 1).ratio(RATE * (1 - RATE), 0.9, 10_000);
        assertThat(ratio).isBetween(12.0, 35.0);
        assertThat(of(300, 0.5, 0.9, 2).ratio(RATE * (1 - RATE), 0.9, 10_000)).isGreaterThan(8);
    }

    @Test
    void the_correlation_of_neighbours_is_estimated_and_not_below_zero() {
        assertThat(of(5000, 3, 0.9, 4).correlation()).isCloseTo(0.87, within(0.06));
        assertThat(of(5000, 0, 0, 4).correlation()).isLessThan(0.05);
    }

    @Test
    void a_change_of_level_adds_little_to_the_variance_of_steps() {
        Variation variation = new Variation();
        Batches batches = new Batches();
        Random random = new Random(9);
        for (int i = 0; i < 200; i++) {
            int hits = 0;
            for (int r = 0; r < REQUESTS; r++) {
                hits += random.nextDouble() < (i < 100 ? RATE : 3 * RATE) ? 1 : 0;
            }
            batches.add(RATE * REQUESTS, REQUESTS, hits, REQUESTS, 0, block -> variation, new Variation());
        }
        double expected = 2 * RATE * (1 - 2 * RATE);
        assertThat(variation.ratio(expected, 0.9, 200)).isGreaterThan(20);
        assertThat(variation.ratioOfSteps(expected, 0.9, 200)).isLessThan(3);
    }

    /** 2,000 requests at 10 %: noise of 30 % would be 20 times the variance of counting; a tenth of that shows from slot to slot. */
    @Test
    void even_windows_of_many_requests_exclude_correlated_noise_by_their_steps() {
        for (int seed = 0; seed < 20; seed++) {
            assertThat(of(100, 0, 0, seed).notExcluded(RATE * (1 - RATE), 20, 0.9))
                    .isLessThan(0.25);
        }
    }

    @Test
    void steps_exclude_neither_noise_that_is_there_nor_noise_that_would_hardly_show() {
        for (int seed = 0; seed < 20; seed++) {
            assertThat(of(100, 0.3, 0.9, seed).notExcluded(RATE * (1 - RATE), 1, 0.9))
                    .isGreaterThan(0.6);
            assertThat(of(100, 0, 0, seed).notExcluded(RATE * (1 - RATE), 0.1, 0.9))
                    .isEqualTo(1);
        }
    }

    @Test
    void a_batch_counts_where_it_began() {
        Variation first = new Variation();
        Variation second = new Variation();
        Batches batches = new Batches();
        for (int i = 0; i < 8; i++) {
            int block = i < 2 ? 0 : 1;
            batches.add(1, REQUESTS, 2, REQUESTS, block, n -> n == 0 ? first : second, new Variation());
        }
        assertThat(first.batches(1)).isEqualTo(1);
        assertThat(second.batches(1)).isEqualTo(1);
        assertThat(second.batches(0)).isEqualTo(6);
    }

    /** Variance of the mean of n values of an AR(1) process, summed by hand. */
    @Test
    void the_inflation_is_that_of_the_sum_over_all_pairs() {
        double sum = 0;
        for (int i = 0; i < 10; i++) {
            for (int j = 0; j < 10; j++) {
                sum += Math.pow(0.8, Math.abs(i - j));
            }
        }
        assertThat(Variation.inflation(0.8, 10)).isCloseTo(sum / 10, within(1e-9));
    }
}

package io.slipway.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against what R prints. */
class MannWhitneyTest {
    private static MannWhitney of(double[] x, double[] y) {
        double[] a = x.clone();
        double[] b = y.clone();
        Arrays.sort(a);
        Arrays.sort(b);
        return new MannWhitney(a, b);
    }

    private static double twoSided(MannWhitney test) {
        return 2 * (1 - MannWhitney.cumulative(Math.abs(test.z(0, true))));
    }

    /** The second example of R's own page: ozone in May and August, {@code W = 127.5, p-value = 0.0001208}. */
    @Test
    void ozone_of_may_and_august_differs_as_in_r() {
        MannWhitney test = of(
                new double[] {
                    41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45, 115, 37
                },
                new double[] {
                    39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168, 73, 76, 118,
                    84, 85
                });
        assertThat(test.statistic()).isEqualTo(127.5);
        assertThat(twoSided(test)).isCloseTo(0.0001208, within(5e-8));
    }

    /** {@code W = 51.5, p-value = 0.5966}. */
    @Test
    void ties_between_the_samples_count_as_in_r() {
        MannWhitney test = of(
                new double[] {1, 5, 9, 24, 56, 21, 3, 7, 21, 4},
                new double[] {12, 15, 5, 9, 9, 14, 56, 22, 3, 7, 32, 5});
        assertThat(test.statistic()).isEqualTo(51.5);
        assertThat(twoSided(test)).isCloseTo(0.5966, within(5e-5));
    }

    @Test
    void the_shift_is_the_median_of_all_differences_and_lies_within_its_interval() {
        MannWhitney test = of(new double[] {11.3, 14.1, 12.2, 17.9, 15.0}, new double[] {1.1, 4.3, 2.9, 8.4, 5.2});
        double[] differences = new double[25];
        int n = 0;
        for (double x : new double[] {11.3, 14.1, 12.2, 17.9, 15.0}) {
            for (double y : new double[] {1.1, 4.3, 2.9, 8.4, 5.2}) {
                differences[n++] = x - y;
            }
        }
        Arrays.sort(differences);
        assertThat(test.shift()).isCloseTo(differences[12], within(1e-6));
        assertThat(test.low(0.9)).isLessThan(test.shift());
        assertThat(test.high(0.9)).isGreaterThan(test.shift());
        assertThat(test.low(0.98)).isLessThanOrEqualTo(test.low(0.9));
    }

    @Test
    void the_quick_answer_that_the_lower_end_is_negative_is_that_of_the_interval() {
        Random random = new Random(11);
        int negative = 0;
        for (int i = 0; i < 2000; i++) {
            int values = 1 + random.nextInt(30);
            double shift = random.nextInt(3) / 2.0;
            MannWhitney test = of(
                    random.doubles(values)
                            .map(v -> Math.floor(v * 8) / 8 + shift)
                            .toArray(),
                    random.doubles(values).map(v -> Math.floor(v * 8) / 8).toArray());
            boolean quick = test.lowIsNegative(0.98);
            assertThat(quick && test.low(0.98) >= 0).as("sample " + i).isFalse();
            negative += quick ? 1 : 0;
        }
        assertThat(negative).isBetween(500, 1900);
    }
}

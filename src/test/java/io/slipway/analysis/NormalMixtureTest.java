package io.slipway.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Against the published unit tests of the reference implementation of time-uniform bounds. */
class NormalMixtureTest {
    @Test
    void rho_is_the_published_one() {
        assertThat(NormalMixture.tightestAt(100, 0.05).rho()).isCloseTo(12.60056, within(1e-5));
    }

    @Test
    void the_two_sided_bound_is_the_published_one() {
        assertThat(NormalMixture.tightestAt(100, 0.05).twoSided(100)).isCloseTo(30.35209, within(1e-5));
    }

    @Test
    void the_one_sided_bound_is_the_published_one() {
        assertThat(NormalMixture.oneSidedTightestAt(100, 0.05).oneSided(100)).isCloseTo(27.66071, within(1e-5));
    }
}

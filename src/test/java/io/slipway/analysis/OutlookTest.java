package io.slipway.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class OutlookTest {
    @Test
    void a_verdict_comes_when_the_interval_has_shrunk_to_the_distance_from_the_margin() {
        // +5% at a margin of 10%, the upper end at +20%: a third of the width is needed, for which nine times the time.
        Outlook healthy = Outlook.of(0.05, -0.1, 0.2, 0.1, 100);
        assertThat(healthy.detectable()).isCloseTo(0.15, within(1e-12));
        assertThat(healthy.secondsToVerdict()).isCloseTo(800, within(1e-9));
        // +30%, the lower end at 0: two thirds of the width.
        assertThat(Outlook.of(0.3, 0, 0.6, 0.1, 100).secondsToVerdict()).isCloseTo(125, within(1e-9));
    }

    @Test
    void at_the_margin_no_verdict_is_in_sight_and_one_that_is_due_is_not_in_the_past() {
        assertThat(Outlook.of(0.1, 0, 0.2, 0.1, 100).secondsToVerdict()).isInfinite();
        assertThat(Outlook.of(0.05, 0, 0.09, 0.1, 100).secondsToVerdict()).isZero();
    }
}

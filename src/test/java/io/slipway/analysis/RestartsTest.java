package io.slipway.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RestartsTest {
    @Test
    void all_starts_together_spend_no_more_than_the_budget() {
        double spent = 0;
        for (int block = 0; block < 1_000_000; block++) {
            spent += Restarts.share(block);
        }
        assertThat(spent).isBetween(0.9999, 1.0);
    }

    @Test
    void the_number_of_starts_kept_stays_small() {
        Slot first = slot(0);
        Restarts restarts = new Restarts(first.start(), new RateComparer(1));
        int most = 0;
        for (int i = 0; i < 3 * 288; i++) {
            restarts.add(slot(i * Restarts.BLOCK_SECONDS));
            most = Math.max(most, restarts.size());
        }
        assertThat(most).isBetween(10, 30);
    }

    private static Slot slot(long second) {
        return new Slot(SimulatedService.START.plusSeconds(second), 10);
    }
}

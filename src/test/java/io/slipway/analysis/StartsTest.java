package io.slipway.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StartsTest {
    @Test
    void all_starts_together_spend_no_more_than_the_budget() {
        double spent = 0;
        for (int block = 0; block < 1_000_000; block++) {
            spent += Starts.share(block);
        }
        assertThat(spent).isBetween(0.9999, 1.0);
    }

    @Test
    void the_number_of_starts_kept_stays_small_and_every_slot_is_in_one_stretch() {
        Starts starts = new Starts();
        int most = 0;
        int slots = 7 * 288;
        for (int i = 0; i < slots; i++) {
            Slot slot = slot(i * Starts.BLOCK_SECONDS);
            starts.at(slot, new Sums()).sums.slots++;
            most = Math.max(most, starts.stretches().size());
        }
        assertThat(most).isBetween(10, 40);
        assertThat(starts.stretches().stream().mapToInt(s -> s.sums.slots).sum())
                .isEqualTo(slots);
    }

    private static Slot slot(long second) {
        return new Slot(
                SimulatedService.START.plusSeconds(second),
                10,
                ArmSums.NONE,
                ArmSums.NONE,
                2,
                true,
                true,
                false,
                false);
    }
}

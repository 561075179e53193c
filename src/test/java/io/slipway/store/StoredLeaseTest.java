package io.slipway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.base.Epoch;
import io.slipway.control.StaleEpoch;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StoredLeaseTest {
    private static final Duration LENGTH = Duration.ofSeconds(15);
    private final TestDatabase database = TestDatabase.fresh();
    private final StoredLease lease = new StoredLease(database.jdbc());

    @Test
    void one_holds_the_lease_and_another_takes_it_when_it_has_run_out_under_a_higher_epoch() {
        database.stopClockAt(Samples.NOON);
        assertThat(lease.acquire("a", LENGTH)).contains(new Epoch(1));
        assertThat(lease.acquire("b", LENGTH)).isEmpty();
        database.moveClock(Duration.ofSeconds(14));
        assertThat(lease.acquire("a", LENGTH)).contains(new Epoch(1));
        database.moveClock(Duration.ofSeconds(16));
        assertThat(lease.acquire("b", LENGTH)).contains(new Epoch(2));
        assertThat(lease.acquire("a", LENGTH)).isEmpty();
        assertThatThrownBy(() -> lease.assertCurrent(new Epoch(1))).isInstanceOf(StaleEpoch.class);
        lease.assertCurrent(new Epoch(2));
    }

    @Test
    void a_lease_that_ran_out_and_is_taken_again_by_the_same_holder_has_a_new_epoch() {
        database.stopClockAt(Samples.NOON);
        assertThat(lease.acquire("a", LENGTH)).contains(new Epoch(1));
        database.moveClock(Duration.ofSeconds(16));
        assertThat(lease.acquire("a", LENGTH)).contains(new Epoch(2));
    }

    @Test
    void a_lease_that_is_given_back_is_free_at_once() {
        assertThat(lease.acquire("a", LENGTH)).contains(new Epoch(1));
        lease.release("a", new Epoch(1));
        assertThat(lease.acquire("b", LENGTH)).contains(new Epoch(2));
    }
}

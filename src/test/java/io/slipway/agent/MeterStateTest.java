package io.slipway.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.agent.MeterState.Reading;
import io.slipway.routing.EdgeCounts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What containers used between two readings. */
class MeterStateTest {
    @Test
    void what_left_the_host_is_counted_from_the_last_reading_and_of_a_new_container_from_its_start() {
        MeterState state = after(new Reading("a", 1, 0, Optional.of(1000L)));
        assertThat(state.egressBytesSince(reading("a", 1500))).contains(500L);
        assertThat(state.egressBytesSince(reading("b", 700))).contains(700L);
        assertThat(state.cpuSecondsSince(reading("a", 1500))).isEqualTo(1);
    }

    @Test
    void a_count_that_began_anew_is_counted_from_there() {
        assertThat(after(new Reading("a", 1, 0, Optional.of(1000L))).egressBytesSince(reading("a", 30)))
                .contains(30L);
    }

    @Test
    void what_was_not_counted_at_one_of_both_readings_is_unknown_and_not_all_that_ever_left() {
        assertThat(after(new Reading("a", 1, 0, Optional.empty())).egressBytesSince(reading("a", 5000)))
                .isEmpty();
        assertThat(after(new Reading("a", 1, 0, Optional.of(1000L)))
                        .egressBytesSince(new Reading("a", 2, 0, Optional.empty())))
                .isEmpty();
    }

    private static Reading reading(String container, long egress) {
        return new Reading(container, 2, 0, Optional.of(egress));
    }

    private static MeterState after(Reading... readings) {
        EdgeCounts none = new EdgeCounts("edge", Instant.EPOCH, 0, List.of());
        return new MeterState(Instant.EPOCH, none, List.of(readings), List.of(), List.of());
    }
}

package io.slipway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.MetricWindow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class KilledWatchTest {
    private static final int KILLS = Integer.getInteger("kills", 6);
    private static final Duration WATCH = Duration.ofMinutes(Integer.getInteger("minutes", 20));
    private final long seed = Long.getLong("seed", System.nanoTime());

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void a_watch_whose_controller_is_killed_again_and_again_has_the_verdicts_series_and_end_of_an_undisturbed_one()
            throws Exception {
        System.out.println("seed " + seed + " (repeat with -Dseed=" + seed + ")");
        List<List<MetricWindow>> tape = new ArrayList<>();
        KilledWatch.Outcome calm;
        try (KilledWatch watch = new KilledWatch(WATCH, seed)) {
            calm = watch.run(0, tape);
        }
        try (KilledWatch watch = new KilledWatch(WATCH, seed)) {
            KilledWatch.Outcome killed = watch.run(KILLS, tape);
            assertThat(killed.kills()).isEqualTo(KILLS);
            assertThat(calm.verdicts()).containsAllEntriesOf(killed.verdicts());
            assertThat(killed.verdicts().size()).isGreaterThan(calm.verdicts().size() / 3);
            assertThat(killed.rows()).isEqualTo(calm.rows());
            assertThat(calm.rows().get("state")).isEqualTo("settled");
        }
    }
}

package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link KillAnywhere} at a few places by chance, whose seed is printed; src/bench/kills takes them all. */
class KilledAnywhereTest {
    private static final int CHOSEN = 6;

    @TempDir
    Path temp;

    private final long seed = Long.getLong("seed", System.nanoTime());
    private KillAnywhere kills;

    @BeforeEach
    void prepare() throws Exception {
        System.out.println("seed " + seed + " (repeat with -Dseed=" + seed + ")");
        kills = new KillAnywhere(temp, this::choice);
    }

    private List<Integer> choice(int places) {
        List<Integer> all = new ArrayList<>(IntStream.range(0, places).boxed().toList());
        Collections.shuffle(all, new Random(seed));
        return all.subList(0, Math.min(CHOSEN, places));
    }

    private static void assertWasKilled(KillAnywhere.Outcome outcome) {
        System.out.println(outcome);
        assertThat(outcome.killed()).isGreaterThanOrEqualTo(CHOSEN / 2);
    }

    @Test
    void a_start_that_is_killed_after_any_call_of_the_agent_leaves_a_whole_container_or_none() throws Exception {
        assertWasKilled(kills.startsAfterCalls());
    }

    @Test
    void a_start_that_is_killed_before_any_call_of_the_child_leaves_a_whole_container_or_none() throws Exception {
        assertWasKilled(kills.startsBeforeSteps());
    }

    @Test
    void a_stop_that_is_killed_after_any_call_can_be_done_again() throws Exception {
        assertWasKilled(kills.stops());
    }

    @Test
    void a_removal_that_is_killed_after_any_call_is_finished_by_who_returns() throws Exception {
        assertWasKilled(kills.removals());
    }
}

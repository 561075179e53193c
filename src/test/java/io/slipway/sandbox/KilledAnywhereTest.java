package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.sandbox.DoomedAgent.Operation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link KillAnywhere} at a few places by chance, whose seed is printed; src/bench/kills takes them all. */
class KilledAnywhereTest {
    private static final int CHOSEN = Integer.getInteger("kills", 2);

    @TempDir
    Path temp;

    private final long seed = Long.getLong("seed", System.nanoTime());

    private List<Integer> choice(int places) {
        List<Integer> all = new ArrayList<>(IntStream.range(0, places).boxed().toList());
        Collections.shuffle(all, new Random(seed));
        return all.subList(0, Math.min(CHOSEN, places));
    }

    private void assertIsKilled(Operation operation, Blow blow) throws Exception {
        System.out.println("seed " + seed + " (repeat with -Dseed=" + seed + "; more places with -Dkills=N)");
        KillAnywhere.Outcome outcome = new KillAnywhere(temp).kill(operation, blow, this::choice);
        System.out.println(outcome);
        assertThat(outcome.killed()).isGreaterThanOrEqualTo(outcome.tried() / 2);
    }

    @Test
    void a_start_that_is_killed_after_any_call_of_the_agent_leaves_a_whole_container_or_none() throws Exception {
        assertIsKilled(Operation.START, Blow.CALL);
    }

    @Test
    void a_start_that_is_killed_before_any_call_of_the_child_leaves_a_whole_container_or_none() throws Exception {
        assertIsKilled(Operation.START, Blow.STEP);
    }

    @Test
    void a_start_that_is_killed_after_any_change_leaves_a_whole_container_or_none() throws Exception {
        assertIsKilled(Operation.START, Blow.CHANGE);
    }

    @Test
    void a_creation_that_is_killed_after_any_change_leaves_one_that_can_be_started_or_none() throws Exception {
        assertIsKilled(Operation.CREATE, Blow.CHANGE);
    }

    @Test
    void a_start_of_a_created_one_that_is_killed_after_any_change_leaves_it_running_or_as_it_was() throws Exception {
        assertIsKilled(Operation.START_CREATED, Blow.CHANGE);
    }

    @Test
    void a_stop_that_is_killed_after_any_call_can_be_done_again() throws Exception {
        assertIsKilled(Operation.STOP, Blow.CALL);
    }

    @Test
    void a_stop_that_is_killed_after_any_change_can_be_done_again() throws Exception {
        assertIsKilled(Operation.STOP, Blow.CHANGE);
    }

    @Test
    void a_removal_that_is_killed_after_any_call_is_finished_by_who_returns() throws Exception {
        assertIsKilled(Operation.REMOVE, Blow.CALL);
    }

    @Test
    void a_removal_that_is_killed_after_any_change_is_finished_by_who_returns() throws Exception {
        assertIsKilled(Operation.REMOVE, Blow.CHANGE);
    }
}

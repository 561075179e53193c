package io.slipway.sandbox.oci;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.sandbox.Blow;
import io.slipway.sandbox.KillAnywhere;
import io.slipway.sandbox.oci.DoomedRuntime.Operation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link OciKillAnywhere} at a few places by chance, whose seed is printed; src/bench/kills takes them all. */
class OciKilledTest {
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
        KillAnywhere.Outcome outcome = new OciKillAnywhere(temp).kill(operation, blow, this::choice);
        System.out.println(outcome);
        assertThat(outcome.killed()).isGreaterThanOrEqualTo(outcome.tried() / 2);
    }

    @Test
    void a_create_that_is_killed_after_any_call_is_taken_away_whole_and_can_be_made_again() throws Exception {
        assertIsKilled(Operation.CREATE, Blow.CALL);
    }

    @Test
    void a_create_that_is_killed_before_any_call_of_the_child_is_taken_away_whole() throws Exception {
        assertIsKilled(Operation.CREATE, Blow.STEP);
    }

    @Test
    void a_create_that_is_killed_after_any_change_leaves_one_that_can_be_started_or_taken_away() throws Exception {
        assertIsKilled(Operation.CREATE, Blow.CHANGE);
    }

    @Test
    void a_start_that_is_killed_after_any_call_runs_it_once_or_can_be_done_again() throws Exception {
        assertIsKilled(Operation.START, Blow.CALL);
    }

    @Test
    void a_start_that_is_killed_after_any_change_runs_it_once_or_can_be_done_again() throws Exception {
        assertIsKilled(Operation.START, Blow.CHANGE);
    }

    @Test
    void a_kill_that_is_killed_after_any_call_can_be_done_again() throws Exception {
        assertIsKilled(Operation.KILL, Blow.CALL);
    }

    @Test
    void a_kill_that_is_killed_after_any_change_can_be_done_again() throws Exception {
        assertIsKilled(Operation.KILL, Blow.CHANGE);
    }

    @Test
    void a_delete_that_is_killed_after_any_call_can_be_done_again() throws Exception {
        assertIsKilled(Operation.DELETE, Blow.CALL);
    }

    @Test
    void a_delete_that_is_killed_after_any_change_can_be_done_again() throws Exception {
        assertIsKilled(Operation.DELETE, Blow.CHANGE);
    }
}

package io.slipway.sandbox.oci;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.sandbox.Blow;
import io.slipway.sandbox.ByChance;
import io.slipway.sandbox.KillAnywhere;
import io.slipway.sandbox.oci.DoomedRuntime.Operation;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link OciKillAnywhere} at a few places by chance, whose seed is printed; src/bench/kills takes them all. */
class OciKilledTest {
    @TempDir
    Path temp;

    private void assertIsKilled(Operation operation, Blow blow) throws Exception {
        KillAnywhere.Outcome outcome = new OciKillAnywhere(temp).kill(operation, blow, new ByChance());
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

package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.sandbox.DoomedAgent.Operation;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link KillAnywhere} at a few places by chance, whose seed is printed; src/bench/kills takes them all. */
class KilledAnywhereTest {
    @TempDir
    Path temp;

    private void assertIsKilled(Operation operation, Blow blow) throws Exception {
        KillAnywhere.Outcome outcome = new KillAnywhere(temp).kill(operation, blow, new ByChance());
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
    void a_start_that_is_killed_when_it_has_written_that_the_container_runs_and_not_let_it_go_leaves_what_was_before()
            throws Exception {
        KillAnywhere kills = new KillAnywhere(temp);
        for (Operation operation : List.of(Operation.START, Operation.START_CREATED)) {
            assertThat(kills.killUnreleased(operation).killed()).isEqualTo(1);
        }
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

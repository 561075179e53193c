package io.slipway.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.app.Replicas.Living;
import io.slipway.app.demo.DecisionChain;
import io.slipway.app.demo.Load;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import tools.jackson.databind.JsonNode;

/** {@code kill -9} of the controller and of the agent in each state of a rollout, with load on the edge. */
@TestInstance(Lifecycle.PER_CLASS)
class KillTest {
    /** A state may have been left between the last look at it and the kill; then the scene is played again. */
    private static final int ATTEMPTS_MAX = 6;

    private final KillScene scene;

    KillTest() throws IOException, InterruptedException {
        scene = new KillScene(false);
    }

    @BeforeAll
    void the_first_revision_settles() {
        scene.begin();
    }

    @AfterAll
    void nothing_is_left_behind() throws IOException, InterruptedException {
        assertThat(scene.end()).isEmpty();
    }

    @Test
    void the_controller_killed_while_checking_loses_no_request_and_the_rollout_settles() throws IOException {
        play(Victim.CONTROLLER, "checking", "settled");
    }

    @Test
    void the_controller_killed_while_rolling_loses_no_request_and_the_rollout_settles() throws IOException {
        play(Victim.CONTROLLER, "rolling", "settled");
    }

    @Test
    void the_controller_killed_while_gating_loses_no_request_and_the_rollout_settles() throws IOException {
        play(Victim.CONTROLLER, "gating", "settled");
    }

    @Test
    void the_controller_killed_while_watching_loses_no_request_and_the_rollout_settles() throws IOException {
        play(Victim.CONTROLLER, "watching", "settled");
    }

    @Test
    void the_controller_killed_while_reverting_loses_no_request_and_the_rollout_is_reverted() throws IOException {
        play(Victim.CONTROLLER, "reverting", "reverted");
    }

    @Test
    void the_agent_killed_while_checking_loses_no_request_and_the_rollout_settles() throws IOException {
        play(Victim.AGENT, "checking", "settled");
    }

    @Test
    void the_agent_killed_while_rolling_loses_no_request_and_the_rollout_settles() throws IOException {
        play(Victim.AGENT, "rolling", "settled");
    }

    @Test
    void the_agent_killed_while_gating_loses_no_request_and_the_rollout_settles() throws IOException {
        play(Victim.AGENT, "gating", "settled");
    }

    @Test
    void the_agent_killed_while_watching_loses_no_request_and_the_rollout_settles() throws IOException {
        play(Victim.AGENT, "watching", "settled");
    }

    @Test
    void the_agent_killed_while_reverting_loses_no_request_and_the_rollout_is_reverted() throws IOException {
        play(Victim.AGENT, "reverting", "reverted");
    }

    private enum Victim {
        CONTROLLER,
        AGENT
    }

    private void play(Victim victim, String state, String ending) throws IOException {
        for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
            if (killedIn(victim, state, ending)) {
                return;
            }
        }
        throw new AssertionError("in " + ATTEMPTS_MAX + " attempts the rollout had always left '" + state
                + "' before the " + victim + " was dead");
    }

    /** False when the rollout was no longer in the state when the victim died; everything else must hold all the same. */
    private boolean killedIn(Victim victim, String state, String ending) throws IOException {
        Load.Snapshot before = scene.load();
        String rollout = scene.release(state.equals("watching") ? "30s" : "6s");
        Map<String, Living> ready = reach(rollout, state);
        Instant dead = kill(victim);
        assertStillRun(ready);

        JsonNode end = scene.awaitOver(rollout);
        assertThat(end.path("state").asString("")).as("%s", end).isEqualTo(ending);
        assertThat(scene.active()).isEmpty();
        Set<String> last = awaitOneContainerEach();
        assertStillRun(ready);
        if (!state.equals("checking")) {
            assertThat(ready).as("ready when it was killed").containsKeys(last.toArray(String[]::new));
        }
        assertThat(scene.allocations())
                .allSatisfy(it -> assertThat(it.path("restarts").asInt(0)).isZero());
        assertDecisionsWhole(rollout);
        assertNothingLost(before);
        return stateAt(rollout, dead).equals(state);
    }

    /** Brings the rollout into the state; returns what was ready by then. */
    private Map<String, Living> reach(String rollout, String state) {
        if (state.equals("reverting")) {
            awaitState(rollout, "gating");
            Map<String, Living> ready = scene.ready();
            scene.revert(rollout);
            return ready;
        }
        awaitState(rollout, state);
        if (state.equals("checking")) {
            // The last of the checks, the only one that a host takes part in.
            scene.await(
                    "the smoke check's replica",
                    () -> scene.allocations().stream()
                            .filter(it -> it.path("state").asString("").equals("starting"))
                            .findFirst());
        }
        return scene.ready();
    }

    private void awaitState(String rollout, String state) {
        scene.await("'" + state + "' of rollout " + rollout, () -> {
            JsonNode now = scene.rollout(rollout);
            assertThat(KillScene.isOver(now))
                    .as("over before '%s': %s", state, now)
                    .isFalse();
            return Optional.of(now).filter(it -> it.path("state").asString("").equals(state));
        });
    }

    /** Returns when it was dead; by then its successor works. */
    private Instant kill(Victim victim) throws IOException {
        Instant dead;
        if (victim == Victim.AGENT) {
            dead = scene.killAgent();
            scene.restartAgent();
        } else {
            dead = scene.killController();
        }
        scene.awaitReport(dead);
        return dead;
    }

    /** Those that are still wanted by now. Looked at first, and asked for afterwards: one may stop being wanted meanwhile, and then end. */
    private void assertStillRun(Map<String, Living> ready) {
        List<Living> ended =
                ready.values().stream().filter(it -> !it.pidOne().runs()).toList();
        Set<String> wanted = scene.wanted();
        assertThat(ended).as("wanted: %s", wanted).noneMatch(it -> wanted.contains(it.allocation()));
        assertThat(Replicas.twins(scene.replicas.living())).isEmpty();
    }

    private Set<String> awaitOneContainerEach() {
        return scene.await("one container for each allocation", () -> {
            Set<String> wanted = scene.wanted();
            List<String> faults = scene.replicas.faults(wanted);
            return faults.isEmpty() && wanted.size() == 1 ? Optional.of(wanted) : Optional.empty();
        });
    }

    private void assertDecisionsWhole(String rollout) {
        List<Long> versions = scene.decisions(rollout).stream()
                .map(it -> it.path("version").asLong())
                .toList();
        assertThat(versions)
                .containsExactlyElementsOf(IntStream.range(0, versions.size())
                        .mapToObj(i -> versions.getFirst() + i)
                        .toList());
        assertThat(DecisionChain.read(scene.api()).verified()).isTrue();
    }

    private void assertNothingLost(Load.Snapshot before) {
        Load.Snapshot now = scene.load();
        assertThat(now.sent()).isGreaterThan(before.sent());
        assertThat(now.failedByUs()).as("%s", now.failures()).isEqualTo(before.failedByUs());
        assertThat(now.serviceErrors()).isEqualTo(before.serviceErrors());
    }

    /** The state that was stored at a moment. */
    private String stateAt(String rollout, Instant moment) {
        String state = "";
        for (JsonNode decision : scene.decisions(rollout)) {
            if (!Instant.parse(decision.path("at").asString("")).isAfter(moment)) {
                state = decision.path("toState").asString("");
            }
        }
        return state;
    }
}

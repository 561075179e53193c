package io.slipway.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.app.Replicas.Living;
import io.slipway.app.demo.Load;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** {@code slipway up} as people stop and start it, with load on the edge. */
@TestInstance(Lifecycle.PER_CLASS)
class UpTest {
    private final KillScene scene;

    UpTest() throws IOException, InterruptedException {
        scene = new KillScene(true);
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
    void ended_by_sigterm_and_started_again_it_takes_over_edge_and_containers_without_a_lost_request()
            throws IOException, InterruptedException {
        Load.Snapshot before = scene.load();
        Map<String, Living> ready = scene.ready();
        int edge = scene.edgePid();
        assertThat(ready).hasSize(1);

        Instant ended = scene.endUp();
        scene.awaitSent(200);
        scene.restartAgent();
        scene.awaitReport(ended);
        Load.Snapshot after = scene.awaitSent(200);

        assertThat(scene.edgePid()).isEqualTo(edge);
        assertThat(scene.ready()).isEqualTo(ready);
        assertThat(scene.replicas.faults(scene.wanted())).isEmpty();
        assertThat(after.failedByUs()).as("%s", after.failures()).isEqualTo(before.failedByUs());
        assertThat(after.serviceErrors()).isZero();
        String next = scene.release("6s");
        assertThat(scene.awaitOver(next).path("state").asString("")).isEqualTo("settled");
        assertThat(scene.load().failedByUs()).isEqualTo(before.failedByUs());
    }

    @Test
    void an_edge_that_was_killed_is_started_again_with_its_routes() throws IOException {
        int edge = scene.edgePid();
        Map<String, Living> ready = scene.await(
                "what an earlier rollout ran to be gone",
                () -> Optional.of(scene.ready())
                        .filter(it -> it.size() == 1 && it.keySet().equals(scene.wanted())));
        scene.killEdge();

        scene.await(
                "another edge",
                () -> Optional.of(scene.load().ok())
                        .filter(ok -> scene.awaitSent(20).ok() > ok));
        Load.Snapshot back = scene.load();
        Load.Snapshot after = scene.awaitSent(300);

        assertThat(scene.edgePid()).isNotEqualTo(edge);
        assertThat(after.failedByUs()).as("%s", after.failures()).isEqualTo(back.failedByUs());
        assertThat(scene.ready()).isEqualTo(ready);
    }
}

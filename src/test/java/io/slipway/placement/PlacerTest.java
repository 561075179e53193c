package io.slipway.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.AllocationId;
import io.slipway.base.Arm;
import io.slipway.base.HostName;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import io.slipway.release.ProcessSpec;
import io.slipway.release.Resources;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlacerTest {
    private static final ServiceName SHOP = new ServiceName("shop");
    private static final ProcessSpec WEB = ProcessSpec.of(
            List.of(),
            3,
            Map.of("http", 80),
            new Resources(0.5, 64L << 20, 64),
            Optional.empty(),
            "SIGTERM",
            Duration.ofSeconds(1));
    private static final List<HostRoom> TWO = List.of(room("a", 4, 1024), room("b", 4, 1024));
    private static final Placer.Ids IDS = (revision, arm, process, ordinal) ->
            new AllocationId(revision.label() + "-" + arm + "-" + process + "-" + ordinal);

    @Test
    void replicas_are_spread_over_the_hosts_the_same_way_each_time() {
        Placement placement = Placer.place(List.of(wanted(Arm.STABLE, 1, 4)), List.of(), TWO, IDS);
        assertThat(placement.on(new HostName("a"))).hasSize(2);
        assertThat(placement.on(new HostName("b"))).hasSize(2);
        assertThat(Placer.place(List.of(wanted(Arm.STABLE, 1, 4)), List.of(), TWO, IDS))
                .isEqualTo(placement);
    }

    @Test
    void what_runs_is_kept_and_a_control_is_started_afresh() {
        List<Placed> running = running(Placer.place(List.of(wanted(Arm.STABLE, 1, 3)), List.of(), TWO, IDS));
        Placement next = Placer.place(
                List.of(wanted(Arm.CANDIDATE, 2, 1), wanted(Arm.CONTROL, 1, 1), wanted(Arm.STABLE, 1, 2)),
                running,
                TWO,
                IDS);
        assertThat(next.allocations())
                .extracting(it -> it.id().value())
                .containsExactly("r1-CONTROL-web-0", "r1-STABLE-web-0", "r1-STABLE-web-1", "r2-CANDIDATE-web-0");
    }

    @Test
    void what_runs_is_not_restarted_when_the_digest_of_its_image_becomes_known() {
        Wanted named = wanted(Arm.STABLE, 1, 3);
        List<Placed> running = running(Placer.place(List.of(named), List.of(), TWO, IDS));
        assertThat(Placer.place(List.of(ofImage(named, "shop:1@sha256:0a")), running, TWO, IDS)
                        .allocations())
                .isEqualTo(running.stream().map(Placed::allocation).toList());
        assertThat(Placer.place(List.of(ofImage(named, "shop:12@sha256:0a")), running, TWO, IDS)
                        .allocations())
                .doesNotContainAnyElementsOf(
                        running.stream().map(Placed::allocation).toList());
    }

    private static Wanted ofImage(Wanted known, String image) {
        return new Wanted(
                known.arm(),
                known.revision(),
                known.process(),
                known.spec(),
                image,
                known.env(),
                known.routed(),
                known.replicas());
    }

    @Test
    void a_settled_candidate_becomes_stable_without_a_restart() {
        List<Placed> running = running(
                Placer.place(List.of(wanted(Arm.CANDIDATE, 2, 3), wanted(Arm.STABLE, 1, 3)), List.of(), TWO, IDS));
        Placement next = Placer.place(List.of(wanted(Arm.STABLE, 2, 3)), running, TWO, IDS);
        assertThat(next.allocations()).hasSize(3).allSatisfy(it -> {
            assertThat(it.id().value()).startsWith("r2-CANDIDATE");
            assertThat(it.arm()).isEqualTo(Arm.STABLE);
        });
    }

    @Test
    void a_failed_replica_is_replaced_under_another_id_and_an_unknown_one_is_not() {
        Placement placement = Placer.place(List.of(wanted(Arm.STABLE, 1, 2)), List.of(), TWO, IDS);
        List<Placed> current = List.of(
                new Placed(placement.allocations().getFirst(), Optional.of(AllocationStatus.State.FAILED)),
                new Placed(placement.allocations().getLast(), Optional.empty()));
        assertThat(Placer.place(List.of(wanted(Arm.STABLE, 1, 2)), current, TWO, IDS)
                        .allocations())
                .extracting(it -> it.id().value())
                .containsExactly("r1-STABLE-web-1", "r1-STABLE-web-2");
    }

    @Test
    void what_has_no_room_is_named_with_figures() {
        List<HostRoom> small = List.of(room("a", 4, 100));
        Placement placement = Placer.place(List.of(wanted(Arm.STABLE, 1, 3)), List.of(), small, IDS);
        assertThat(placement.allocations()).hasSize(1);
        assertThat(placement.unplaced()).singleElement().satisfies(it -> {
            assertThat(it.replicas()).isEqualTo(2);
            assertThat(it.why()).contains("2 of 3 replicas of shop r1 web (stable)", "64 MiB", "36 MiB");
        });
        assertThat(Capacity.missing(List.of(wanted(Arm.STABLE, 1, 3)), List.of(), small))
                .isPresent();
        assertThat(Capacity.missing(List.of(wanted(Arm.STABLE, 1, 1)), List.of(), small))
                .isEmpty();
        assertThat(Capacity.missing(List.of(wanted(Arm.STABLE, 1, 1)), List.of(), List.of()))
                .contains("no host is alive");
    }

    private static List<Placed> running(Placement placement) {
        return placement.allocations().stream()
                .map(it -> new Placed(it, Optional.of(AllocationStatus.State.READY)))
                .toList();
    }

    private static Wanted wanted(Arm arm, int revision, int replicas) {
        return new Wanted(
                arm, new RevisionId(SHOP, revision), "web", WEB, "shop:" + revision, Map.of(), true, replicas);
    }

    private static HostRoom room(String name, double cpu, long mebibytes) {
        return new HostRoom(new HostName(name), cpu, mebibytes << 20);
    }
}

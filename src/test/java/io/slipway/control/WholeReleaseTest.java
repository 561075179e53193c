package io.slipway.control;

import static io.slipway.store.Samples.OWNER;
import static io.slipway.store.Samples.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.AllocationId;
import io.slipway.base.Arm;
import io.slipway.base.Crashes;
import io.slipway.base.RevisionId;
import io.slipway.base.RolloutId;
import io.slipway.control.FakeHosts.Behaviour;
import io.slipway.control.Views.AllocationView;
import io.slipway.control.Views.RolloutView;
import io.slipway.placement.AllocationStatus;
import io.slipway.rollout.RolloutState;
import io.slipway.store.Samples;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WholeReleaseTest {
    static final Actor ALICE = new Actor(OWNER, false);
    private final FakeHosts hosts = new FakeHosts(7, "h1", "h2");
    private final Yard yard = new Yard(hosts);

    private RolloutId release() throws Refused {
        return yard.controller.desk.submit(Samples.spec(3), ALICE).rollout();
    }

    private RolloutId firstRelease() throws Refused {
        RolloutId first = release();
        yard.until(first, "settled", 300);
        return first;
    }

    @Test
    void a_first_release_settles_and_a_healthy_second_one_goes_through_its_gate_and_settles_too() throws Refused {
        RolloutId first = firstRelease();
        assertThat(yard.controller.services.find(SHOP).orElseThrow().stable()).contains(new RevisionId(SHOP, 1));
        long failed = hosts.failedByUs();
        RolloutId second = release();
        RolloutView gating = yard.until(second, "gating", 60);
        assertThat(gating.weights().values().stream()
                        .mapToInt(w -> w.basisPoints())
                        .sum())
                .isEqualTo(10_000);
        RolloutView watching = yard.until(second, "watching", 900);
        assertThat(watching.milestones()).containsKeys("checked", "promoted");
        yard.until(second, "settled", 400);
        for (int i = 0; i < 5; i++) {
            yard.second();
        }
        assertThat(hosts.runningByRevision())
                .containsOnlyKeys(new RevisionId(SHOP, 2))
                .containsValue(3L);
        assertThat(hosts.failedByUs()).isEqualTo(failed);
        assertThat(hosts.violations()).isEmpty();
        assertThat(yard.controller.views.decisions(first)).isNotEmpty();
    }

    @Test
    void how_hosts_windows_come_is_told_of_those_that_have_replicas() throws Refused {
        assertThat(yard.controller.views.windowSources(SHOP)).isEmpty();
        firstRelease();
        assertThat(yard.controller.views.windowSources(SHOP))
                .hasSize(2)
                .noneMatch(host -> host.isLate(yard.database.now()));
        yard.database.moveClock(Duration.ofMinutes(5));
        assertThat(yard.controller.views.windowSources(SHOP))
                .allMatch(host ->
                        host.isLate(yard.database.now()) && host.newest().isPresent());
        yard.database.moveClock(Duration.ofHours(3));
        assertThat(yard.controller.views.windowSources(SHOP))
                .hasSize(2)
                .allMatch(host -> host.newest().isEmpty());
    }

    @Test
    void a_tag_that_moves_changes_no_revision_and_is_what_the_next_one_is_made_of() throws Refused {
        String image = Samples.spec(3).image();
        String before = "sha256:" + "0b".repeat(32);
        String after = "sha256:" + "0a".repeat(32);
        RevisionId one = new RevisionId(SHOP, 1);
        hosts.tag(image, before);
        firstRelease();
        hosts.tag(image, after);

        // Everything that could ask for the image again: a host that has forgotten it, a replica in another's place, a
        // new leader.
        hosts.reboot("h1");
        hosts.running().stream().sorted().limit(1).forEach(id -> hosts.kill(id, "no space left on device"));
        yard.controller = yard.controller("successor", t -> t);
        for (int i = 0; i < 60; i++) {
            yard.second();
        }
        assertThat(hosts.runningByRevision()).containsEntry(one, 3L);
        assertThat(hosts.runningImages(one)).containsExactly(before);
        assertThat(yard.controller.views.allocations(Optional.of(SHOP)))
                .allSatisfy(placed -> assertThat(placed.allocation().image()).isEqualTo(image + "@" + before));

        RolloutId second = release();
        yard.until(second, "settled", 1500);
        assertThat(hosts.runningImages(new RevisionId(SHOP, 2))).containsExactly(after);
        assertThat(yard.controller.views.revisions(SHOP))
                .extracting(revision ->
                        revision.id().number() + " " + revision.digest().orElse("none"))
                .containsExactlyInAnyOrder("1 " + before, "2 " + after);
    }

    @Test
    void a_watch_that_ends_while_nobody_leads_is_judged_by_what_was_seen_meanwhile() throws Refused {
        firstRelease();
        RolloutId second = release();
        yard.until(second, "gating", 60);
        yard.until(second, "rolling", 600);
        hosts.load(2);
        RolloutView watching = yard.until(second, "watching", 60);
        assertThat(watching.state()).matches(state -> state instanceof RolloutState.Watching it && !it.proven());
        hosts.load(900);
        for (int i = 0; i < 60; i++) {
            yard.database.moveClock(Duration.ofSeconds(1));
            hosts.tick(yard.database.now()).forEach(yard.controller.inbox::accept);
        }
        yard.controller = yard.controller("successor", t -> t);
        yard.until(second, "settled", 3);
    }

    @Test
    void a_release_that_fails_more_is_found_and_taken_back_and_the_service_is_held() throws Refused {
        firstRelease();
        hosts.behave(new RevisionId(SHOP, 2), Behaviour.GOOD.withErrors(0.08).slower(1.5));
        RolloutId second = release();
        RolloutView reverted = yard.until(second, "reverted", 300);
        assertThat(reverted.verdict().orElseThrow().reverts()).isTrue();
        assertThat(yard.controller.services.find(SHOP).orElseThrow().held()).isPresent();
        for (int i = 0; i < 5; i++) {
            yard.second();
        }
        assertThat(hosts.runningByRevision())
                .containsOnlyKeys(new RevisionId(SHOP, 1))
                .containsValue(3L);
        assertThat(hosts.violations()).isEmpty();
        assertThat(hosts.failedByUs()).isZero();
    }

    private List<String> codes(RolloutId id) {
        return yard.controller.views.decisions(id).stream()
                .map(decision -> decision.reason().code())
                .toList();
    }

    @Test
    void a_candidate_that_crashes_again_and_again_is_taken_back_though_its_requests_succeed() throws Refused {
        firstRelease();
        RolloutId second = release();
        yard.until(second, "gating", 60);
        hosts.metrics(windows -> windows.stream()
                .map(w -> w.arm() == Arm.CANDIDATE ? w.with(new Crashes(1, 0)) : w)
                .toList());
        RolloutView reverted = yard.until(second, "reverted", 60);
        assertThat(reverted.verdict().orElseThrow().sentence()).contains("crashes: its replicas ended by themselves");
        assertThat(codes(second)).contains("crash-loop");
        assertThat(yard.controller.services.find(SHOP).orElseThrow().held()).isPresent();
    }

    @Test
    void a_candidate_none_of_whose_replicas_is_ready_is_taken_back_while_others_are() throws Refused {
        firstRelease();
        RolloutId second = release();
        yard.until(second, "gating", 60);
        hosts.behave(new RevisionId(SHOP, 2), Behaviour.GOOD.dyingOf("exited 42"));
        hosts.running().stream()
                .filter(it -> it.value().startsWith("shop-r2-"))
                .toList()
                .forEach(it -> hosts.kill(it, "exited 42"));
        yard.until(second, "reverted", 60);
        assertThat(codes(second)).contains("candidate-down");
    }

    @Test
    void a_candidate_that_dies_at_its_start_fails_the_smoke_check_with_its_reason() throws Refused {
        firstRelease();
        hosts.behave(new RevisionId(SHOP, 2), Behaviour.GOOD.dyingOf("OOM: over 64 MiB"));
        RolloutView failed = yard.until(release(), "failed", 60);
        assertThat(failed.reason().text()).contains("OOM: over 64 MiB");
        assertThat(hosts.violations()).isEmpty();
    }

    @Test
    void only_a_replica_that_requests_are_sent_to_is_shown_as_routed() throws Refused {
        firstRelease();
        RolloutId id = release();
        yard.until(id, view -> isShown(2, Arm.CANDIDATE), 60);
        assertThat(yard.controller.views.allocations(Optional.of(SHOP)))
                .filteredOn(AllocationView::takesTraffic)
                .hasSize(3)
                .allMatch(v -> v.allocation().revision().number() == 1);
        yard.until(id, "watching", 600);
        assertThat(yard.controller.views.allocations(Optional.of(SHOP)))
                .filteredOn(AllocationView::takesTraffic)
                .extracting(v -> v.allocation().arm())
                .contains(Arm.CANDIDATE, Arm.CONTROL)
                .doesNotContain(Arm.STABLE);
    }

    private boolean isShown(int revision, Arm arm) {
        return yard.controller.views.allocations(Optional.of(SHOP)).stream()
                .anyMatch(v -> v.allocation().revision().number() == revision
                        && v.allocation().arm() == arm
                        && v.status()
                                .filter(s -> s.state() == AllocationStatus.State.READY)
                                .isPresent());
    }

    @Test
    void the_smoke_check_tells_how_the_replica_ended_and_not_a_new_start_that_never_comes() throws Refused {
        firstRelease();
        hosts.behave(new RevisionId(SHOP, 2), Behaviour.GOOD.dyingOf("exited 42; started again in 1s"));
        RolloutView failed = yard.until(release(), "failed", 60);
        assertThat(failed.reason().text()).contains("failed: exited 42; no traffic reached shop r2");
    }

    @Test
    void a_rollout_that_waits_for_a_silent_host_says_so() throws Refused {
        firstRelease();
        RolloutId id = release();
        yard.database.moveClock(Duration.ofSeconds(150));
        yard.controller.loop.turn();
        assertThat(yard.view(id).waitingFor())
                .hasValueSatisfying(text -> assertThat(text)
                        .endsWith("; host h1 has not reported for 2m, host h2 has not reported for 2m"));
        assertThat(yard.controller.views.service(SHOP).orElseThrow().sentence())
                .contains("host h1 has not reported for 2m");
        yard.second();
        assertThat(yard.view(id).waitingFor())
                .hasValueSatisfying(text -> assertThat(text).doesNotContain("has not reported"));
    }

    @Test
    void what_its_own_host_starts_again_or_has_given_up_stays_and_what_it_cannot_run_is_replaced() throws Refused {
        firstRelease();
        List<AllocationId> running = hosts.running().stream().sorted().toList();
        hosts.end(running.get(0), "exited 1; started again in 2s", Optional.empty());
        hosts.end(running.get(1), "start limit reached", Optional.of(Samples.NOON));
        hosts.kill(running.get(2), "no space left on device");
        for (int i = 0; i < 90; i++) {
            yard.second();
        }
        assertThat(hosts.running())
                .hasSize(3)
                .contains(running.get(0), running.get(1))
                .doesNotContain(running.get(2));
    }
}

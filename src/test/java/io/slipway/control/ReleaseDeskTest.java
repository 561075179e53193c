package io.slipway.control;

import static io.slipway.store.Samples.SHOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.slipway.base.Reason;
import io.slipway.base.RevisionId;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.control.FakeHosts.Behaviour;
import io.slipway.control.Refused.Kind;
import io.slipway.release.Check;
import io.slipway.release.ReleaseSpec;
import io.slipway.rollout.RolloutEvent;
import io.slipway.runbook.HashChain;
import io.slipway.store.Samples;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ReleaseDeskTest {
    private static final Actor ALICE = WholeReleaseTest.ALICE;
    private static final Actor BOB = new Actor("bob", false);
    private static final Actor ROOT = new Actor("root", true);
    private static final Reason WHY = new Reason("because", "I say so");
    private final FakeHosts hosts = new FakeHosts(11, "h1");
    private final Yard yard = new Yard(hosts);
    private final ReleaseDesk desk = yard.controller.desk;

    private RolloutId release() throws Refused {
        return desk.submit(Samples.spec(2, List.of(Check.IMAGE)), ALICE).rollout();
    }

    private Refused refusal(Callable<?> request) {
        Refused refused = catchThrowableOfType(Refused.class, request::call);
        assertThat(refused).isNotNull();
        return refused;
    }

    @Test
    void of_fifty_requests_at_once_one_wins_and_the_others_are_told_who_did() throws Exception {
        int requests = 50;
        CyclicBarrier barrier = new CyclicBarrier(requests);
        List<Future<String>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(requests)) {
            for (int i = 0; i < requests; i++) {
                answers.add(threads.submit(() -> {
                    barrier.await();
                    try {
                        return "won " + desk.submit(Samples.spec(1), ALICE).rollout();
                    } catch (Refused e) {
                        assertThat(e.kind()).isEqualTo(Kind.ROLLOUT_ACTIVE);
                        return e.getMessage();
                    }
                }));
            }
        }
        List<String> told = new ArrayList<>();
        for (Future<String> answer : answers) {
            told.add(answer.get());
        }
        List<String> winners = told.stream().filter(t -> t.startsWith("won ")).toList();
        assertThat(winners).hasSize(1);
        String winner = winners.getFirst().substring(4);
        assertThat(told).allMatch(t -> t.startsWith("won ") || t.contains(winner) && t.contains(Samples.OWNER));
        assertThat(yard.controller.views.revisions(SHOP)).hasSize(1);
        assertThat(yard.controller.views.chain(1, 100)).hasSize(1);
    }

    @Test
    void only_the_owner_or_an_admin_aborts_and_the_admin_is_named_as_overriding() throws Refused {
        RolloutId id = release();
        Refused refused = refusal(() -> {
            desk.command(id, new RolloutEvent.Abort("mallory", WHY), BOB);
            return id;
        });
        assertThat(refused.kind()).isEqualTo(Kind.NOT_ALLOWED);
        desk.command(id, new RolloutEvent.Abort("mallory", WHY), ROOT);
        assertThat(yard.view(id).state().label()).isEqualTo("aborted");
        assertThat(yard.controller.views.decisions(id).getFirst().by())
                .isEqualTo("root (admin, overriding " + Samples.OWNER + ")");
        assertThat(refusal(() -> {
                            desk.command(id, new RolloutEvent.Pause("", WHY), ALICE);
                            return id;
                        })
                        .kind())
                .isEqualTo(Kind.WRONG_STATE);
    }

    @Test
    void a_route_belongs_to_one_service_for_as_long_as_it_lives() throws Refused {
        RolloutId first = release();
        ReleaseSpec thief = routedAs(SHOP, "thief");
        Refused refused = refusal(() -> desk.submit(thief, ALICE));
        assertThat(refused.kind()).isEqualTo(Kind.ROUTE_TAKEN);
        assertThat(refused).hasMessageContaining("belongs to the service shop");
        assertThat(yard.controller.views.service(new ServiceName("thief"))).isEmpty();

        desk.command(first, new RolloutEvent.Abort("alice", WHY), ALICE);
        yard.until(first, "aborted", 60);
        assertThat(desk.submit(thief, ALICE).rollout()).isNotNull();
    }

    /** A spec of another service with this one's route. */
    private static ReleaseSpec routedAs(ServiceName owner, String other) {
        ReleaseSpec own = Samples.spec(owner.value(), 2, List.of(Check.IMAGE));
        ReleaseSpec spec = Samples.spec(other, 2, List.of(Check.IMAGE));
        return new ReleaseSpec(spec.service(), spec.image(), spec.processes(), spec.env(), own.route(), spec.release());
    }

    @Test
    void a_held_service_refuses_releases_until_unhold_and_everyone_may_revert_a_rollout() throws Refused {
        yard.until(release(), "settled", 200);
        hosts.behave(new RevisionId(SHOP, 2), Behaviour.GOOD.withErrors(0.2));
        yard.until(release(), "reverted", 200);
        assertThat(refusal(this::release).kind()).isEqualTo(Kind.SERVICE_HELD);
        desk.unhold(SHOP, "mended", BOB);
        hosts.behave(new RevisionId(SHOP, 2), Behaviour.GOOD);
        RolloutId third = release();
        yard.until(third, "gating", 60);
        assertThat(desk.revert(SHOP, Releases.Back.ONE, "I saw errors", BOB).rollout())
                .isEqualTo(third);
        assertThat(yard.until(third, "reverted", 60).reason().text())
                .contains("bob")
                .contains("I saw errors");
        assertThat(HashChain.verify(yard.controller.views.chain(1, 1000))).isEmpty();
    }

    @Test
    void long_after_a_rollout_the_service_goes_straight_back_to_the_revision_before_without_losing_a_request()
            throws Refused {
        yard.until(release(), "settled", 200);
        RolloutId second = release();
        yard.until(second, "settled", 600);
        long failed = hosts.failedByUs();
        Releases.Submitted back = desk.revert(SHOP, Releases.Back.ONE, "customers complain", BOB);
        assertThat(back.revision()).isEqualTo(new RevisionId(SHOP, 1));
        yard.until(back.rollout(), "settled", 120);
        assertThat(yard.controller.services.find(SHOP).orElseThrow().stable()).contains(new RevisionId(SHOP, 1));
        for (int i = 0; i < 5; i++) {
            yard.second();
        }
        assertThat(hosts.runningByRevision()).containsOnlyKeys(new RevisionId(SHOP, 1));
        assertThat(hosts.failedByUs()).isEqualTo(failed);
        assertThat(hosts.violations()).isEmpty();
    }

    @Test
    void two_people_who_press_the_red_button_for_one_trouble_go_back_once() throws Refused {
        for (int i = 0; i < 3; i++) {
            yard.until(release(), "settled", 600);
        }
        RolloutId back =
                desk.revert(SHOP, Releases.Back.ONE, "customers complain", BOB).rollout();
        yard.second();
        assertThat(desk.revert(SHOP, Releases.Back.ONE, "me too", ALICE).rollout())
                .isEqualTo(back);
        assertThat(desk.revert(SHOP, back(3, 2), "me too", ALICE).rollout()).isEqualTo(back);
        yard.until(back, "settled", 120);
        yard.pass(Duration.ofMinutes(4), Duration.ofSeconds(10));
        assertThat(refusal(() -> desk.revert(SHOP, Releases.Back.ONE, "me too", ALICE)))
                .hasMessageContaining("shop went back to r2 4m")
                .hasMessageContaining("To go back further, name the revision: slipway revert shop --to N");
        assertThat(refusal(() -> desk.revert(SHOP, back(3, 1), "me too", ALICE)))
                .hasMessageContaining("shop is no longer at r3 but at r2");
        assertThat(desk.revert(SHOP, back(2, 1), "that one, too", ALICE).revision())
                .isEqualTo(new RevisionId(SHOP, 1));
    }

    private static Releases.Back back(int from, int to) {
        return new Releases.Back(Optional.of(from), Optional.of(to));
    }

    @Test
    void a_newer_release_takes_the_place_of_one_that_is_watched_and_begins_when_that_is_taken_back() throws Refused {
        yard.until(release(), "settled", 200);
        RolloutId second = release();
        yard.until(second, "watching", 600);
        RolloutId third = release();
        assertThat(yard.view(third).state().label()).isEqualTo("queued");
        assertThat(refusal(this::release).kind()).isEqualTo(Kind.ROLLOUT_ACTIVE);
        yard.until(second, "superseded", 60);
        yard.until(third, "gating", 60);
        assertThat(yard.view(third).stable()).contains(new RevisionId(SHOP, 1));
        assertThat(hosts.violations()).isEmpty();
    }

    @Test
    void every_ended_rollout_has_a_runbook_entry() throws Refused {
        RolloutId id = release();
        desk.command(id, new RolloutEvent.Abort("", WHY), ALICE);
        yard.second();
        assertThat(yard.controller.runbooks.ofRollout(id)).hasValueSatisfying(entry -> {
            assertThat(entry.slug()).isEqualTo("rollout-" + id);
            assertThat(entry.version()).isEqualTo(1);
            assertThat(entry.markdown()).contains("aborted", "I say so");
        });
        yard.second();
        assertThat(yard.controller.runbooks.latest()).hasSize(1);
    }
}

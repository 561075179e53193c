package io.slipway.control;

import static io.slipway.store.Samples.SHOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.base.Arm;
import io.slipway.base.Epoch;
import io.slipway.base.RevisionId;
import io.slipway.base.RolloutId;
import io.slipway.control.FakeHosts.Behaviour;
import io.slipway.release.Check;
import io.slipway.runbook.Decision;
import io.slipway.runbook.HashChain;
import io.slipway.store.Samples;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrashTest {
    private final FakeHosts hosts = new FakeHosts(3, "h1");
    private final Yard yard = new Yard(hosts);

    private RolloutId release() throws Refused {
        return yard.controller
                .desk
                .submit(Samples.spec(2, List.of(Check.IMAGE)), WholeReleaseTest.ALICE)
                .rollout();
    }

    /** The end of a controller that is killed: nothing of it runs on. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** Kills its controller at the n-th transaction: before its commit, or after it. */
    private record Dying(Transactions real, AtomicInteger left, boolean afterCommit) implements Transactions {
        @Override
        public <T extends @Nullable Object, E extends Exception> T inOne(Work<T, E> work) throws E {
            boolean now = left.decrementAndGet() <= 0;
            T result = real.inOne(() -> {
                T done = work.run();
                if (now && !afterCommit) {
                    throw new Killed();
                }
                return done;
            });
            if (now) {
                throw new Killed();
            }
            return result;
        }
    }

    /** Kills one controller after another, each at a later transaction, until the rollout is over. */
    private String throughKills(RolloutId id, boolean afterCommit) {
        int kills = 0;
        for (int n = 1; n < 400; n++) {
            AtomicInteger left = new AtomicInteger(1 + n % 9);
            yard.controller.leader.release();
            yard.controller = yard.controller("c" + n, real -> new Dying(real, left, afterCommit));
            try {
                for (int i = 0; i < 20; i++) {
                    yard.second();
                }
            } catch (Killed e) {
                kills++;
                // Its lease runs out while nobody leads; the data plane goes on.
                yard.database.moveClock(Yard.LEASE.plusSeconds(1));
            }
            String label = yard.view(id).state().label();
            if (List.of("settled", "reverted", "failed", "aborted", "unproven").contains(label)) {
                assertThat(kills).isGreaterThanOrEqualTo(4);
                return label;
            }
        }
        throw new AssertionError("not over after 400 controllers: " + yard.view(id));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void controllers_killed_at_every_transaction_bring_a_first_release_to_its_end(boolean afterCommit) throws Refused {
        RolloutId id = release();
        assertThat(throughKills(id, afterCommit)).isEqualTo("settled");
        verifyRows(id);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void controllers_killed_at_every_transaction_take_back_a_release_that_fails(boolean afterCommit) throws Refused {
        yard.until(release(), "settled", 200);
        hosts.behave(new RevisionId(SHOP, 2), Behaviour.GOOD.withErrors(0.3));
        RolloutId id = release();
        assertThat(throughKills(id, afterCommit)).isEqualTo("reverted");
        verifyRows(id);
        assertThat(hosts.violations()).isEmpty();
    }

    private void verifyRows(RolloutId id) {
        List<Decision> chain = yard.controller.views.chain(1, 10_000);
        assertThat(HashChain.verify(chain)).isEmpty();
        List<Long> versions =
                yard.controller.decisions.of(id).stream().map(Decision::version).toList();
        for (int i = 0; i < versions.size(); i++) {
            assertThat(versions.get(i)).isEqualTo(i + 1L);
        }
        assertThat(yard.view(id).version()).isEqualTo(versions.size());
    }

    @Test
    void a_stale_epoch_changes_no_row() throws Refused {
        RolloutId id = release();
        Epoch old = yard.controller.leader.epoch().orElseThrow();
        yard.database.moveClock(Yard.LEASE.plusSeconds(1));
        Yard.Controller next = yard.controller("second", t -> t);
        assertThat(next.leader.epoch()).contains(new Epoch(old.value() + 1));
        assertThatThrownBy(() -> yard.controller.rolloutLoop.turn(old)).isInstanceOf(StaleEpoch.class);
        assertThat(yard.view(id).version()).isEqualTo(1);
        assertThat(yard.view(id).state().label()).isEqualTo("queued");
        assertThat(next.rolloutLoop.turn(next.leader.epoch().orElseThrow())).isTrue();
        assertThat(yard.view(id).state().label()).isEqualTo("checking");
        assertThat(yard.controller.loop.turn()).isFalse();
    }

    @Test
    void two_loops_at_once_under_one_epoch_never_decide_an_event_twice() throws Exception {
        for (int i = 0; i < 12; i++) {
            yard.controller.desk.submit(Samples.spec("shop-" + i, 1, List.of(Check.IMAGE)), WholeReleaseTest.ALICE);
        }
        Epoch epoch = yard.controller.leader.epoch().orElseThrow();
        Yard.Controller other = yard.controller("second", t -> t);
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (Yard.Controller who : List.of(yard.controller, other, yard.controller, other)) {
                threads.submit(() -> who.rolloutLoop.drain(epoch));
            }
        }
        List<Decision> chain = yard.controller.views.chain(1, 1000);
        assertThat(HashChain.verify(chain)).isEmpty();
        assertThat(chain.stream().filter(d -> d.kind().equals("rollout.checking")))
                .hasSize(12);
        assertThat(chain).hasSize(24);
    }

    @Test
    void an_edited_decision_is_found_even_by_one_who_may_switch_the_guard_off() throws Refused {
        RolloutId id = release();
        yard.until(id, "settled", 200);
        assertThatThrownBy(() -> yard.database
                        .jdbc()
                        .sql("update decision set by = 'eve' where sequence = 2")
                        .update())
                .hasMessageContaining("append-only");
        assertThatThrownBy(
                        () -> yard.database.jdbc().sql("delete from decision").update())
                .hasMessageContaining("append-only");
        yard.database.jdbc().sql("alter table decision disable trigger all").update();
        yard.database
                .jdbc()
                .sql("update decision set by = 'eve' where sequence = 2")
                .update();
        assertThat(HashChain.verify(yard.controller.views.chain(1, 1000)))
                .hasValueSatisfying(broken -> assertThat(broken.sequence()).isEqualTo(2));
    }

    @Test
    void a_replica_that_dies_after_promotion_is_replaced_and_no_request_is_sent_to_it() throws Refused {
        RolloutId id = release();
        yard.until(id, "settled", 200);
        long before = hosts.failedByUs();
        hosts.kill(hosts.running().iterator().next(), "exited 1");
        for (int i = 0; i < 8; i++) {
            yard.second();
        }
        assertThat(hosts.running()).hasSize(2);
        assertThat(hosts.backends(Arm.STABLE)).hasSize(2);
        assertThat(hosts.failedByUs()).isEqualTo(before);
    }

    @Test
    void a_rebooted_host_gets_its_replicas_again_and_its_old_addresses_leave_the_routes_at_once() throws Refused {
        yard.until(release(), "settled", 200);
        hosts.reboot("h1");
        yard.database.moveClock(Duration.ofSeconds(1));
        for (int i = 0; i < 8; i++) {
            yard.second();
        }
        assertThat(hosts.backends(Arm.STABLE)).hasSize(2).isEqualTo(hosts.running());
    }
}

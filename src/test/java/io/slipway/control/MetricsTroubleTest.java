package io.slipway.control;

import static io.slipway.control.WholeReleaseTest.ALICE;
import static io.slipway.store.Samples.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.analysis.Outcome;
import io.slipway.base.Arm;
import io.slipway.base.MetricWindow;
import io.slipway.base.RevisionId;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.control.FakeHosts.Behaviour;
import io.slipway.control.Views.RolloutView;
import io.slipway.release.Check;
import io.slipway.release.ReleaseSpec;
import io.slipway.store.Samples;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A metrics source that stops or lies, and trouble that is not the release's: nothing is reverted, and people are told once. */
class MetricsTroubleTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final FakeHosts hosts = new FakeHosts(11, "h1", "h2");
    private final Yard yard = new Yard(hosts);

    private RolloutId submit(ReleaseSpec spec) throws Refused {
        return yard.controller.desk.submit(spec, ALICE).rollout();
    }

    private void first(ServiceName service) throws Refused {
        yard.until(submit(Samples.spec(service.value(), 3, List.of(Check.IMAGE))), "settled", 300);
    }

    private RolloutId second(Duration watch) throws Refused {
        first(SHOP);
        return submit(Samples.watched(SHOP.value(), watch));
    }

    private RolloutId watched(Duration watch) throws Refused {
        RolloutId id = second(watch);
        yard.until(id, "watching", 900);
        return id;
    }

    private String state(RolloutId id) {
        return yard.view(id).state().label();
    }

    private long judged(RolloutId id) {
        return yard.database
                .jdbc()
                .sql("select count(*) from rollout_event where rollout = :id")
                .param("id", id.value())
                .query(Long.class)
                .single();
    }

    private Outcome outcome(RolloutId id) {
        return yard.view(id).verdict().orElseThrow().outcome();
    }

    @Test
    void half_an_hour_without_metrics_holds_the_watch_with_one_routine_alert_and_it_goes_on_without_loss()
            throws Refused {
        RolloutId id = watched(Duration.ofMinutes(34));
        yard.pass(Duration.ofMinutes(1), SECOND);
        int before = yard.view(id).verdict().orElseThrow().windowsUsed();
        hosts.metrics(windows -> List.of());
        yard.pass(Duration.ofMinutes(30), Duration.ofSeconds(5));
        assertThat(state(id)).isEqualTo("watching");
        assertThat(outcome(id)).isEqualTo(Outcome.METRICS_BROKEN);
        assertThat(yard.told(id)).containsExactly("ROUTINE metrics-broken");
        hosts.metrics(UnaryOperator.identity());
        yard.pass(Duration.ofMinutes(2), SECOND);
        assertThat(outcome(id)).isEqualTo(Outcome.HEALTHY);
        assertThat(yard.view(id).verdict().orElseThrow().windowsUsed()).isBetween(before + 117, before + 123);
        yard.until(id, "settled", 120);
        assertThat(yard.told(id)).containsExactly("ROUTINE metrics-broken");
    }

    @Test
    void what_the_judge_cannot_take_of_one_service_holds_that_one_and_no_other() throws Refused {
        ServiceName other = new ServiceName("other");
        first(SHOP);
        first(other);
        RolloutId poisoned = submit(Samples.watched(SHOP.value(), Duration.ofMinutes(8)));
        RolloutId good = submit(Samples.watched(other.value(), Duration.ofMinutes(8)));
        yard.until(poisoned, "watching", 900);
        yard.until(good, "watching", 60);
        List<UnaryOperator<List<ArrivedWindow>>> poisons = List.of(
                windows -> windows.stream()
                        .map(a -> new ArrivedWindow(
                                a.window().at(a.window().arm(), a.window().host(), Instant.MAX), a.at()))
                        .toList(),
                windows -> {
                    throw new IllegalArgumentException("bucket 99999");
                });
        for (UnaryOperator<List<ArrivedWindow>> poison : poisons) {
            yard.read = windows -> windows.stream()
                            .anyMatch(a -> a.window().revision().service().equals(SHOP))
                    ? poison.apply(windows)
                    : windows;
            long events = judged(poisoned);
            yard.pass(Duration.ofMinutes(1), SECOND);
            assertThat(state(poisoned)).isEqualTo("watching");
            assertThat(outcome(poisoned)).isEqualTo(Outcome.METRICS_BROKEN);
            assertThat(yard.view(poisoned).verdict().orElseThrow().sentence())
                    .contains("the judge failed", "slipway replay");
            assertThat(yard.told(poisoned)).containsExactly("ROUTINE metrics-broken");
            assertThat(judged(poisoned) - events).isLessThan(4);
            assertThat(outcome(good)).isEqualTo(Outcome.HEALTHY);
            assertThat(yard.view(good).verdict().orElseThrow().at())
                    .isAfter(yard.database.now().minusSeconds(5));
            yard.read = UnaryOperator.identity();
            yard.pass(Duration.ofMinutes(1), SECOND);
            assertThat(outcome(poisoned)).isEqualTo(Outcome.HEALTHY);
        }
        yard.until(poisoned, "settled", 400);
        yard.until(good, "settled", 60);
    }

    @Test
    void a_watch_that_ends_without_metrics_is_unproven() throws Refused {
        RolloutId id = watched(Duration.ofMinutes(5));
        yard.pass(Duration.ofMinutes(2), SECOND);
        assertThat(outcome(id)).isEqualTo(Outcome.HEALTHY);
        hosts.metrics(windows -> List.of());
        yard.pass(Duration.ofMinutes(4), Duration.ofSeconds(5));
        assertThat(state(id)).isEqualTo("unproven");
        assertThat(yard.told(id)).containsExactly("ROUTINE metrics-broken", "ROUTINE unproven");
        assertThat(hosts.runningByRevision()).containsKey(new RevisionId(SHOP, 1));
    }

    @Test
    void a_gate_without_metrics_waits_to_its_end_and_is_aborted_for_lack_of_evidence() throws Refused {
        RolloutId id = second(Duration.ofMinutes(1));
        yard.until(id, "gating", 60);
        hosts.metrics(windows -> List.of());
        yard.pass(Duration.ofMinutes(9), Duration.ofSeconds(5));
        assertThat(state(id)).isEqualTo("gating");
        assertThat(yard.told(id)).containsExactly("ROUTINE metrics-broken");
        RolloutView aborted = yard.until(id, "aborted", 120);
        assertThat(aborted.reason().text()).contains("evidence");
        assertThat(yard.controller.services.find(SHOP).orElseThrow().held()).isEmpty();
    }

    @Test
    void a_gate_goes_on_when_the_metrics_are_back_and_tells_of_them_once() throws Refused {
        RolloutId id = second(Duration.ofMinutes(1));
        yard.until(id, "gating", 60);
        for (int i = 0; i < 2; i++) {
            hosts.metrics(windows -> changed(windows, w -> with(w, w.requests(), w.errors(), Double.NaN)));
            yard.pass(Duration.ofMinutes(2), SECOND);
            assertThat(outcome(id)).isEqualTo(Outcome.METRICS_BROKEN);
            hosts.metrics(UnaryOperator.identity());
            assertThat(yard.view(id).reason().code()).isEqualTo("metrics-broken");
            yard.pass(Duration.ofSeconds(10), SECOND);
            assertThat(state(id)).isEqualTo("gating");
        }
        yard.until(id, "settled", 900);
        assertThat(yard.told(id)).containsExactly("ROUTINE metrics-broken");
    }

    @Test
    void trouble_on_both_revisions_holds_a_gate_and_is_told_at_once() throws Refused {
        RolloutId id = second(Duration.ofMinutes(1));
        yard.until(id, "gating", 60);
        for (int revision = 1; revision <= 2; revision++) {
            hosts.behave(new RevisionId(SHOP, revision), Behaviour.GOOD.withErrors(0.3));
        }
        yard.until(id, view -> view.reason().code().equals("common-cause"), 120);
        yard.pass(Duration.ofMinutes(1), SECOND);
        assertThat(state(id)).isEqualTo("gating");
        assertThat(yard.told(id)).containsExactly("URGENT common-cause");
    }

    @Test
    void impossible_values_duplicates_and_late_windows_are_never_a_regression() throws Refused {
        RolloutId id = watched(Duration.ofMinutes(30));
        List<List<MetricWindow>> kept = new ArrayList<>();
        Stream<UnaryOperator<List<MetricWindow>>> lies = Stream.of(
                windows -> changed(windows, w -> with(w, w.requests(), w.errors(), Double.NaN)),
                windows -> changed(windows, w -> with(w, w.requests(), w.errors(), Double.POSITIVE_INFINITY)),
                windows -> changed(windows, w -> with(w, w.requests(), w.requests() + 1, 1)),
                windows -> changed(windows, w -> with(w, -1, 0, 1)),
                windows -> windows.stream().flatMap(w -> Stream.of(w, w)).toList(),
                windows -> {
                    kept.add(windows);
                    return kept.size() > 40 ? kept.removeFirst() : List.of();
                });
        lies.forEach(lie -> {
            hosts.metrics(lie);
            yard.pass(Duration.ofSeconds(60), SECOND);
            assertThat(state(id)).isEqualTo("watching");
        });
        hosts.metrics(UnaryOperator.identity());
        yard.pass(Duration.ofMinutes(1), SECOND);
        assertThat(outcome(id)).isEqualTo(Outcome.HEALTHY);
        assertThat(yard.told(id)).containsExactly("ROUTINE metrics-broken");
    }

    private static List<MetricWindow> changed(List<MetricWindow> windows, UnaryOperator<MetricWindow> change) {
        return windows.stream()
                .map(w -> w.arm() == Arm.CANDIDATE ? change.apply(w) : w)
                .toList();
    }

    private static MetricWindow with(MetricWindow w, long requests, long errors, double cpuSeconds) {
        return new MetricWindow(
                w.revision(),
                w.arm(),
                w.host(),
                w.start(),
                w.seconds(),
                requests,
                errors,
                w.latency(),
                cpuSeconds,
                w.memoryByteSeconds(),
                w.replicas(),
                w.warmingUp());
    }

    @Test
    void trouble_on_both_revisions_is_held_and_named_as_not_this_release() throws Refused {
        RolloutId id = watched(Duration.ofMinutes(20));
        yard.pass(Duration.ofMinutes(2), SECOND);
        for (int revision = 1; revision <= 2; revision++) {
            hosts.behave(new RevisionId(SHOP, revision), Behaviour.GOOD.withErrors(0.3));
        }
        RolloutView held = yard.until(id, view -> view.reason().code().equals("common-cause"), 60);
        assertThat(held.reason().text()).contains("not this release's doing");
        yard.pass(Duration.ofMinutes(2), SECOND);
        assertThat(state(id)).isEqualTo("watching");
        assertThat(yard.told(id)).containsExactly("URGENT common-cause");
    }

    @Test
    void three_services_at_once_hold_all_automatic_reverts_with_one_urgent_alert() throws Refused {
        List<RolloutId> rollouts = new ArrayList<>();
        List<ServiceName> services =
                Stream.of("cart", "pay", "shop").map(ServiceName::new).toList();
        for (ServiceName service : services) {
            first(service);
            hosts.behave(new RevisionId(service, 2), Behaviour.GOOD.withErrors(0.9));
        }
        for (ServiceName service : services) {
            rollouts.add(submit(Samples.watched(service.value(), Duration.ofMinutes(20))));
        }
        yard.pass(Duration.ofMinutes(2), SECOND);
        // The third is held at the latest; chance may find the first two some seconds before.
        List<RolloutId> held =
                rollouts.stream().filter(id -> state(id).equals("gating")).toList();
        assertThat(held).isNotEmpty();
        RolloutId last = held.getLast();
        assertThat(yard.view(last).reason().text()).contains("cart, pay, shop", "hardly this release");
        assertThat(rollouts.stream().flatMap(id -> yard.told(id).stream()).filter(it -> it.startsWith("URGENT")))
                .containsExactly("URGENT fleet-hold");
        for (RolloutId id : held.subList(0, held.size() - 1)) {
            yard.controller.desk.revert(yard.view(id).revision().service(), Releases.Back.ONE, "by hand", ALICE);
        }
        yard.until(last, "reverted", 400);
        assertThat(hosts.violations()).isEmpty();
    }
}

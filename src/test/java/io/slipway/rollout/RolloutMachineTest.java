package io.slipway.rollout;

import static io.slipway.rollout.Examples.NOW;
import static io.slipway.rollout.Examples.SPEC;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.analysis.Outcome;
import io.slipway.base.Arm;
import io.slipway.base.Weight;
import io.slipway.release.Check;
import io.slipway.rollout.FleetView.ArmView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RolloutMachineTest {
    private final List<Effect> effects = new ArrayList<>();
    private RolloutState state = RolloutMachine.queued(Examples.course(0));
    private Instant now = NOW;

    @Test
    void a_healthy_release_goes_through_all_steps_and_settles() {
        given(new RolloutEvent.Begin());
        assertThat(effects).containsExactly(new Effect.RunCheck(Check.IMAGE));
        given(new RolloutEvent.CheckPassed(Check.IMAGE, Examples.WHY));
        assertThat(target().replicasOf(Arm.CANDIDATE)).isEqualTo(1);
        assertThat(target().weightOf(Arm.STABLE)).isEqualTo(Weight.ALL);
        fleet(1, 0, 0);
        assertThat(state).isInstanceOf(RolloutState.Starting.class);
        fleet(1, 1, 0);
        assertThat(weights()).containsExactly(500, 500, 9000);
        fleet(1, 1, 500);
        assertThat(state).isInstanceOf(RolloutState.Holding.class);
        later(Duration.ofMinutes(10));
        judged(Outcome.HEALTHY, 499);
        assertThat(state).isInstanceOf(RolloutState.Gating.class);
        judged(Outcome.HEALTHY, 500);
        assertThat(target().replicasOf(Arm.CANDIDATE)).isEqualTo(2);
        assertThat(weights()).containsExactly(500, 500, 9000);
        fleet(2, 1, 500);
        assertThat(weights()).containsExactly(5000, 2500, 2500);
        fleet(2, 1, 5000);
        given(new RolloutEvent.Approve("alice", Examples.WHY));
        fleet(3, 1, 5000);
        assertThat(weights()).containsExactly(7500, 2500, 0);
        fleet(3, 1, 7500);
        assertThat(state.course().milestones()).containsKeys("begun", "checked", "promoted");
        judged(Outcome.HEALTHY, 9000);
        later(Duration.ofHours(24));
        assertThat(state.label()).isEqualTo("settled");
        assertThat(effects).contains(new Effect.MakeStable(Examples.R42));
        assertThat(target())
                .isEqualTo(new Target(List.of(new Target.ArmTarget(Arm.STABLE, Examples.R42, 3, true, Weight.ALL))));
    }

    @Test
    void a_regression_takes_traffic_back_before_replicas_are_stopped_and_holds_the_service() {
        state = new RolloutState.Watching(Examples.course(75), NOW, Examples.LATER, true);
        judged(Outcome.REGRESSED, 1000);
        assertThat(effects).anyMatch(it -> it instanceof Effect.HoldService);
        assertThat(target().weightOf(Arm.STABLE)).isEqualTo(Weight.ALL);
        assertThat(target().replicasOf(Arm.CANDIDATE)).isEqualTo(3);
        fleet(3, 1, 7500);
        assertThat(state).isInstanceOf(RolloutState.Reverting.class);
        fleet(3, 1, 0);
        assertThat(target().arm(Arm.CANDIDATE)).isEmpty();
        assertThat(effects).anyMatch(it -> it instanceof Effect.Notify n && n.severity() == Effect.Severity.ROUTINE);
        fleet(0, 0, 0);
        assertThat(state.label()).isEqualTo("reverted");
        assertThat(state.course().milestones()).containsKeys("reverting", "restored", "reverted");
    }

    @Test
    void trouble_on_both_arms_holds_instead_of_reverting() {
        state = new RolloutState.Watching(Examples.course(75), NOW, Examples.LATER, true);
        given(new RolloutEvent.Judged(Examples.verdict(Outcome.REGRESSED, true, 1000)));
        assertThat(state)
                .isInstanceOfSatisfying(
                        RolloutState.Watching.class, w -> assertThat(w.proven()).isFalse());
        given(new RolloutEvent.FleetChanged(new FleetView(
                Map.of(
                        Arm.CANDIDATE,
                        new ArmView(3, 0, 3, Optional.of("host down")),
                        Arm.STABLE,
                        new ArmView(3, 0, 3, Optional.empty())),
                Optional.empty())));
        assertThat(state).isInstanceOf(RolloutState.Watching.class);
    }

    @Test
    void missing_data_never_passes() {
        state = new RolloutState.Gating(Examples.course(5), 2, Examples.LATER);
        judged(Outcome.METRICS_BROKEN, 0);
        judged(Outcome.NOT_ENOUGH_EVIDENCE, 9000);
        assertThat(state).isInstanceOf(RolloutState.Gating.class);
        later(Duration.ofMinutes(10));
        assertThat(state)
                .isInstanceOfSatisfying(
                        RolloutState.Reverting.class,
                        it -> assertThat(it.then()).isEqualTo(Ending.ABORTED));
        state = new RolloutState.Watching(Examples.course(75), now, now.plusSeconds(60), true);
        judged(Outcome.METRICS_BROKEN, 0);
        later(Duration.ofMinutes(1));
        assertThat(state.label()).isEqualTo("unproven");
        assertThat(state.isOver()).isFalse();
    }

    @Test
    void the_same_trouble_is_told_once_an_hour_however_often_it_comes_and_goes() {
        state = new RolloutState.Watching(Examples.course(75), NOW, NOW.plusSeconds(86_400), true);
        int told = 0;
        for (int minute = 0; minute < 120; minute++) {
            now = NOW.plusSeconds(60L * minute);
            judged(minute % 4 < 2 ? Outcome.METRICS_BROKEN : Outcome.HEALTHY, 1000);
            told += (int)
                    effects.stream().filter(e -> e instanceof Effect.Notify).count();
        }
        assertThat(told).isEqualTo(2);
        judged(Outcome.HEALTHY, 1000);
        assertThat(effects).isEmpty();
    }

    @Test
    void a_fleet_wide_hold_reverts_nothing_and_leaves_a_watch_unproven() {
        state = new RolloutState.Watching(Examples.course(75), NOW, Examples.LATER, true);
        given(new RolloutEvent.Held(Examples.verdict(Outcome.REGRESSED, false, 1000), Examples.WHY, true));
        assertThat(effects).hasSize(1);
        given(new RolloutEvent.Held(Examples.verdict(Outcome.REGRESSED, false, 1000), Examples.WHY, false));
        assertThat(effects).isEmpty();
        later(Duration.ofMinutes(10));
        assertThat(state.label()).isEqualTo("unproven");
    }

    @Test
    void an_unproven_one_is_accepted_or_extended_or_reverted() {
        RolloutState unproven = new RolloutState.Ended(Examples.course(75), Ending.UNPROVEN, Examples.WHY, NOW);
        state = unproven;
        given(new RolloutEvent.Accept("alice", Examples.WHY));
        assertThat(state.label()).isEqualTo("settled");
        state = unproven;
        given(new RolloutEvent.Extend("alice", Duration.ofHours(1), Examples.WHY));
        assertThat(RolloutMachine.decide(state, new RolloutEvent.Woken(), SPEC, now)
                        .wakeAt())
                .contains(now.plusSeconds(3600));
        state = unproven;
        given(new RolloutEvent.Revert("bob", Examples.WHY));
        assertThat(state).isInstanceOf(RolloutState.Reverting.class);
    }

    @Test
    void a_pause_moves_the_deadlines_by_its_length() {
        state = new RolloutState.Holding(Examples.course(5), 1, NOW.plusSeconds(100));
        given(new RolloutEvent.Pause("alice", Examples.WHY));
        now = NOW.plusSeconds(1000);
        given(new RolloutEvent.Woken());
        given(new RolloutEvent.Resume("alice", Examples.WHY));
        assertThat(state).isEqualTo(new RolloutState.Holding(Examples.course(5), 1, NOW.plusSeconds(1100)));
    }

    @Test
    void a_first_release_goes_straight_to_all_traffic_and_is_stopped_when_it_is_reverted() {
        state = new RolloutState.Checking(Examples.first(), List.of(Check.SMOKE), Examples.LATER);
        fleet(1, 0, 0);
        assertThat(target().arms()).hasSize(1);
        fleet(3, 0, 0);
        fleet(3, 0, 10_000);
        assertThat(state).isInstanceOf(RolloutState.Watching.class);
        given(new RolloutEvent.Revert("bob", Examples.WHY));
        assertThat(target().arms()).isEmpty();
        fleet(0, 0, 0);
        assertThat(state).isInstanceOfSatisfying(RolloutState.Ended.class, it -> {
            assertThat(it.ending()).isEqualTo(Ending.REVERTED);
            assertThat(it.why().text()).contains("nothing to go back to");
        });
    }

    @Test
    void whatever_happens_the_invariants_hold() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<RolloutEvent> events = List.copyOf(Examples.events().values());
        for (int run = 0; run < 3_000; run++) {
            state = RolloutMachine.queued(run % 4 == 0 ? Examples.first() : Examples.course(0));
            now = NOW;
            given(new RolloutEvent.Begin());
            for (int i = 0; i < 40; i++) {
                now = now.plusSeconds(random.nextInt(600));
                RolloutEvent event = random.nextInt(3) == 0 ? obliging() : events.get(random.nextInt(events.size()));
                check(event, "seed " + seed + " run " + run + " event " + i + ": " + event);
            }
        }
    }

    private void check(RolloutEvent event, String where) {
        RolloutState before = state;
        Transition once = RolloutMachine.decide(before, event, SPEC, now);
        assertThat(RolloutMachine.decide(before, event, SPEC, now)).as(where).isEqualTo(once);
        given(event);
        assertThat(once.reason().text()).as(where).isNotBlank();
        for (Effect effect : once.effects()) {
            if (effect instanceof Effect.Converge(Target target)) {
                int sum = target.arms().stream()
                        .mapToInt(it -> it.weight().basisPoints())
                        .sum();
                assertThat(sum).as(where).isIn(0, 10_000);
                assertThat(target.arms()).as(where).allMatch(it -> it.replicas() > 0);
            }
        }
        if (before.isOver()) {
            assertThat(once.next()).as(where).isEqualTo(before);
            assertThat(once.effects()).as(where).isEmpty();
        }
        if (event instanceof RolloutEvent.Revert && !before.isOver()) {
            assertThat(once.next()).as(where).matches(it -> it instanceof RolloutState.Reverting || it.isOver());
        }
    }

    /** What would move the state on. */
    private RolloutEvent obliging() {
        Weight weight = state.course().weight();
        return switch (state) {
            case RolloutState.Checking c
            when c.remaining().getFirst() != Check.SMOKE ->
                new RolloutEvent.CheckPassed(c.remaining().getFirst(), Examples.WHY);
            case RolloutState.Gating _ -> new RolloutEvent.Judged(Examples.verdict(Outcome.HEALTHY, false, 5000));
            case RolloutState.AwaitingApproval _ -> new RolloutEvent.Approve("alice", Examples.WHY);
            case RolloutState.Paused _ -> new RolloutEvent.Resume("alice", Examples.WHY);
            case RolloutState.Holding _, RolloutState.Watching _ -> new RolloutEvent.Woken();
            default -> new RolloutEvent.FleetChanged(view(3, 1, weight.basisPoints()));
        };
    }

    private void given(RolloutEvent event) {
        Transition transition = RolloutMachine.decide(state, event, SPEC, now);
        effects.clear();
        effects.addAll(transition.effects());
        state = transition.next();
    }

    private void later(Duration by) {
        now = now.plus(by);
        given(new RolloutEvent.Woken());
    }

    private void judged(Outcome outcome, long requests) {
        given(new RolloutEvent.Judged(Examples.verdict(outcome, false, requests)));
    }

    private void fleet(int candidates, int controls, int confirmed) {
        given(new RolloutEvent.FleetChanged(view(candidates, controls, confirmed)));
    }

    private static FleetView view(int candidates, int controls, int confirmed) {
        return new FleetView(
                Map.of(
                        Arm.STABLE,
                        Examples.ready(3),
                        Arm.CONTROL,
                        Examples.ready(controls),
                        Arm.CANDIDATE,
                        Examples.ready(candidates)),
                Optional.of(new Weight(confirmed)));
    }

    private Target target() {
        return effects.stream()
                .filter(it -> it instanceof Effect.Converge)
                .map(it -> ((Effect.Converge) it).target())
                .findFirst()
                .orElseThrow();
    }

    private List<Integer> weights() {
        return List.of(
                target().weightOf(Arm.CANDIDATE).basisPoints(),
                target().weightOf(Arm.CONTROL).basisPoints(),
                target().weightOf(Arm.STABLE).basisPoints());
    }
}

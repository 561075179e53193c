package io.slipway.store;

import static io.slipway.store.Samples.NOON;
import static io.slipway.store.Samples.course;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.analysis.Outcome;
import io.slipway.base.AllocationId;
import io.slipway.base.Arm;
import io.slipway.base.Reason;
import io.slipway.base.RevisionId;
import io.slipway.base.Weight;
import io.slipway.placement.AllocationStatus;
import io.slipway.release.Check;
import io.slipway.release.ProcessSpec;
import io.slipway.release.ReleaseSpec;
import io.slipway.release.Step;
import io.slipway.release.StopCondition;
import io.slipway.rollout.Effect;
import io.slipway.rollout.Ending;
import io.slipway.rollout.FleetView;
import io.slipway.rollout.RolloutEvent;
import io.slipway.rollout.RolloutState;
import io.slipway.rollout.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JsonTest {
    private static final Reason WHY = new Reason("why", "because \"of\" this");

    static Stream<RolloutState> states() {
        RolloutState gating = new RolloutState.Gating(course(2, 1), 1, NOON);
        return Stream.of(
                new RolloutState.Queued(course(1, 0)),
                new RolloutState.Checking(course(2, 1), List.of(Check.IMAGE, Check.SMOKE), NOON),
                new RolloutState.Starting(course(2, 1), 0, NOON),
                new RolloutState.Shifting(course(2, 1), 0, NOON),
                new RolloutState.Holding(course(2, 1), 0, NOON),
                gating,
                new RolloutState.Gating(course(2, 1), 1, NOON, "common-cause", Map.of("common-cause", NOON)),
                new RolloutState.AwaitingApproval(course(2, 1), 0, NOON),
                new RolloutState.Paused(course(2, 1), gating, NOON, WHY),
                new RolloutState.Watching(course(2, 1), NOON, NOON.plusNanos(1_234_000), true),
                new RolloutState.Watching(
                        course(2, 1), NOON, NOON.plusSeconds(9), false, Map.of("metrics-broken", NOON)),
                new RolloutState.Reverting(course(2, 1), WHY, NOON, Ending.REVERTED, true),
                new RolloutState.Ended(course(2, 1), Ending.SETTLED, WHY, NOON));
    }

    static Stream<RolloutEvent> events() {
        FleetView fleet = new FleetView(
                Map.of(Arm.CANDIDATE, new FleetView.ArmView(2, 1, 1, Optional.of("exited 42"))),
                Optional.of(Weight.percent(25)));
        return Stream.of(
                new RolloutEvent.Begin(),
                new RolloutEvent.CheckPassed(Check.CAPACITY, WHY),
                new RolloutEvent.CheckFailed(Check.IMAGE, WHY),
                new RolloutEvent.FleetChanged(fleet),
                new RolloutEvent.FleetChanged(new FleetView(Map.of(), Optional.empty())),
                new RolloutEvent.Judged(Samples.verdict(Outcome.REGRESSED)),
                new RolloutEvent.Held(Samples.verdict(Outcome.REGRESSED), WHY, true),
                new RolloutEvent.Woken(),
                new RolloutEvent.Approve("a", WHY),
                new RolloutEvent.Pause("a", WHY),
                new RolloutEvent.Resume("a", WHY),
                new RolloutEvent.Promote("a", WHY),
                new RolloutEvent.Abort("a", WHY),
                new RolloutEvent.Revert("a", WHY),
                new RolloutEvent.Accept("a", WHY),
                new RolloutEvent.Extend("a", Duration.ofMinutes(90), WHY),
                new RolloutEvent.Supersede("a", WHY));
    }

    static Stream<Effect> effects() {
        RevisionId revision = new RevisionId(Samples.SHOP, 2);
        return Stream.of(
                new Effect.RunCheck(Check.IMAGE),
                new Effect.Converge(
                        new Target(List.of(new Target.ArmTarget(Arm.CANDIDATE, revision, 1, true, Weight.ALL)))),
                new Effect.MakeStable(revision),
                new Effect.HoldService(WHY),
                new Effect.Notify(Effect.Severity.URGENT, WHY));
    }

    @ParameterizedTest
    @MethodSource("states")
    void a_state_is_read_back_as_it_was_written(RolloutState state) {
        assertThat(Json.read(Json.write(state), RolloutState.class)).isEqualTo(state);
    }

    @ParameterizedTest
    @MethodSource("events")
    void an_event_is_read_back_as_it_was_written(RolloutEvent event) {
        assertThat(Json.read(Json.write(event), RolloutEvent.class)).isEqualTo(event);
    }

    @ParameterizedTest
    @MethodSource("effects")
    void an_effect_is_read_back_as_it_was_written(Effect effect) {
        assertThat(Json.read(Json.write(effect), Effect.class)).isEqualTo(effect);
    }

    @Test
    void a_specification_is_read_back_as_it_was_written() {
        ReleaseSpec spec = Samples.spec(3);
        assertThat(Json.read(Json.write(spec), ReleaseSpec.class)).isEqualTo(spec);
    }

    @Test
    void what_an_earlier_version_stored_is_read() {
        String spec = """
                {"command":["/app"],"replicas":3,"ports":{"http":8080},"resources":{"cpu":0.5,"memoryBytes":67108864,\
                "pids":64},"readiness":{"httpPath":"/healthz","port":"http","every":"PT1S","timeout":"PT1S",\
                "failures":3},"stopSignal":"SIGTERM","stopGrace":"PT10S"}""";
        assertThat(Json.read(spec, ProcessSpec.class))
                .isEqualTo(Samples.spec(3).processes().get("web"));
        String status = """
                {"id":"one","state":"FAILED","address":null,"pid":null,"startedAt":null,"restarts":2,"exitCode":42,\
                "reason":"exited 42"}""";
        assertThat(Json.read(status, AllocationStatus.class))
                .isEqualTo(new AllocationStatus(
                        new AllocationId("one"),
                        AllocationStatus.State.FAILED,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        2,
                        Optional.of(42),
                        "exited 42",
                        Optional.empty()));
    }

    /** Rows written by one version are read by the next: changing a name here needs a migration. */
    @Test
    void the_names_of_stored_types_are_pinned() {
        assertThat(Stream.of(RolloutState.class, RolloutEvent.class, Effect.class, Step.class, StopCondition.class)
                        .flatMap(type -> Stream.of(type.getPermittedSubclasses()))
                        .map(SealedNames::name))
                .containsExactly(
                        "queued",
                        "checking",
                        "starting",
                        "shifting",
                        "holding",
                        "gating",
                        "awaiting-approval",
                        "paused",
                        "watching",
                        "reverting",
                        "ended",
                        "begin",
                        "check-passed",
                        "check-failed",
                        "fleet-changed",
                        "judged",
                        "held",
                        "woken",
                        "approve",
                        "pause",
                        "resume",
                        "promote",
                        "abort",
                        "revert",
                        "accept",
                        "extend",
                        "supersede",
                        "run-check",
                        "converge",
                        "make-stable",
                        "hold-service",
                        "notify",
                        "set-weight",
                        "hold",
                        "gate",
                        "approve",
                        "regresses",
                        "above",
                        "burns",
                        "series-regresses",
                        "series-above");
        assertThat(Json.write(new RolloutEvent.Abort("a", WHY)))
                .isEqualTo("{\"type\":\"abort\",\"by\":\"a\",\"why\":{\"code\":\"why\",\"text\":\"because \\\"of\\\""
                        + " this\"}}");
    }
}

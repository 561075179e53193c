package io.slipway.rollout;

import io.slipway.analysis.MetricVerdict;
import io.slipway.analysis.Outcome;
import io.slipway.analysis.Verdict;
import io.slipway.base.Arm;
import io.slipway.base.Reason;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import io.slipway.base.Weight;
import io.slipway.release.Check;
import io.slipway.release.Metric;
import io.slipway.release.Parsed;
import io.slipway.release.PolicyDefaults;
import io.slipway.release.ReleaseSpec;
import io.slipway.release.SpecParser;
import io.slipway.rollout.FleetView.ArmView;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One release of r42 over r41 with three replicas, and an example of each state and event. */
final class Examples {
    static final ServiceName CHECKOUT = new ServiceName("checkout");
    static final RevisionId R42 = new RevisionId(CHECKOUT, 42);
    static final RevisionId R41 = new RevisionId(CHECKOUT, 41);
    static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    static final Instant LATER = NOW.plus(Duration.ofMinutes(10));
    static final Reason WHY = new Reason("asked", "because");
    static final ReleaseSpec SPEC = spec("""
        service: checkout
        image: shop/checkout:42
        processes: {web: {replicas: 3, ports: {http: 8080}}}
        route: checkout.example.com
        release:
          owner: alice
          checks: [image, smoke]
          steps:
            - weight: 5%
            - hold: 10m
            - gate: {minRequests: 500, atMost: 30m}
            - weight: 50%
            - approve: {by: owner, atMost: 4h}
            - weight: 100%
          stopConditions: [{metric: error_rate, regressesBy: 0.5pp}]
        """);

    private Examples() {}

    static ReleaseSpec spec(String file) {
        return switch (SpecParser.parse(file, PolicyDefaults.builtIn())) {
            case Parsed.Accepted it -> it.spec();
            case Parsed.Refused it ->
                throw new IllegalArgumentException(it.violations().toString());
        };
    }

    static Course course(int percent) {
        return new Course(R42, Optional.of(R41), Weight.percent(percent), Map.of());
    }

    static Course first() {
        return new Course(R42, Optional.empty(), Weight.ZERO, Map.of());
    }

    static Map<String, RolloutState> states() {
        Map<String, RolloutState> all = new LinkedHashMap<>();
        all.put("queued", new RolloutState.Queued(course(0)));
        all.put("checking image", new RolloutState.Checking(course(0), List.of(Check.IMAGE, Check.SMOKE), LATER));
        all.put("checking smoke", new RolloutState.Checking(course(0), List.of(Check.SMOKE), LATER));
        all.put("starting at 5%", new RolloutState.Starting(course(0), 0, LATER));
        all.put("starting at 50%", new RolloutState.Starting(course(5), 3, LATER));
        all.put("shifting to 5%", new RolloutState.Shifting(course(5), 0, LATER));
        all.put("shifting to 100%", new RolloutState.Shifting(course(75), 5, LATER));
        all.put("holding", new RolloutState.Holding(course(5), 1, LATER));
        all.put("gating", new RolloutState.Gating(course(5), 2, LATER));
        all.put("awaiting approval", new RolloutState.AwaitingApproval(course(50), 4, LATER));
        all.put(
                "paused",
                new RolloutState.Paused(
                        course(5), new RolloutState.Holding(course(5), 1, LATER), NOW.minusSeconds(60), WHY));
        all.put("watching", new RolloutState.Watching(course(75), NOW, LATER, false));
        all.put("watching proven", new RolloutState.Watching(course(75), NOW, LATER, true));
        all.put("reverting", new RolloutState.Reverting(course(0), WHY, NOW, Ending.ABORTED, false));
        all.put("reverting restored", new RolloutState.Reverting(course(0), WHY, NOW, Ending.REVERTED, true));
        all.put("unproven", new RolloutState.Ended(course(75), Ending.UNPROVEN, WHY, NOW));
        all.put("ended", new RolloutState.Ended(course(0), Ending.REVERTED, WHY, NOW));
        return all;
    }

    static Map<String, RolloutEvent> events() {
        Map<String, RolloutEvent> all = new LinkedHashMap<>();
        all.put("begin", new RolloutEvent.Begin());
        all.put("image check passed", new RolloutEvent.CheckPassed(Check.IMAGE, new Reason("image", "image unpacked")));
        all.put("image check failed", new RolloutEvent.CheckFailed(Check.IMAGE, new Reason("image", "no such image")));
        all.put("replicas ready", new RolloutEvent.FleetChanged(fleet(3, 0, 0)));
        all.put("edges confirm 5%", new RolloutEvent.FleetChanged(fleet(3, 0, 5)));
        all.put("edges confirm 75%", new RolloutEvent.FleetChanged(fleet(3, 0, 75)));
        all.put("a replica failed", new RolloutEvent.FleetChanged(fleet(0, 1, 5)));
        all.put(
                "replicas gone",
                new RolloutEvent.FleetChanged(new FleetView(Map.of(Arm.STABLE, ready(3)), Optional.of(Weight.ZERO))));
        all.put("healthy", new RolloutEvent.Judged(verdict(Outcome.HEALTHY, false, 600)));
        all.put("healthy on few", new RolloutEvent.Judged(verdict(Outcome.HEALTHY, false, 300)));
        all.put("regressed", new RolloutEvent.Judged(verdict(Outcome.REGRESSED, false, 600)));
        all.put("regressed on both", new RolloutEvent.Judged(verdict(Outcome.REGRESSED, true, 600)));
        all.put(
                "regressed in a fleet-wide hold",
                new RolloutEvent.Held(verdict(Outcome.REGRESSED, false, 600), WHY, true));
        all.put("not enough evidence", new RolloutEvent.Judged(verdict(Outcome.NOT_ENOUGH_EVIDENCE, false, 6)));
        all.put("metrics broken", new RolloutEvent.Judged(verdict(Outcome.METRICS_BROKEN, false, 0)));
        all.put("woken", new RolloutEvent.Woken());
        all.put("approve", new RolloutEvent.Approve("alice", WHY));
        all.put("pause", new RolloutEvent.Pause("alice", WHY));
        all.put("resume", new RolloutEvent.Resume("alice", WHY));
        all.put("promote", new RolloutEvent.Promote("alice", WHY));
        all.put("abort", new RolloutEvent.Abort("alice", WHY));
        all.put("revert", new RolloutEvent.Revert("bob", WHY));
        all.put("accept", new RolloutEvent.Accept("alice", WHY));
        all.put("extend", new RolloutEvent.Extend("alice", Duration.ofHours(2), WHY));
        all.put("supersede", new RolloutEvent.Supersede("bob", WHY));
        return all;
    }

    static FleetView fleet(int candidatesReady, int failed, int confirmedPercent) {
        ArmView candidate =
                new ArmView(3, candidatesReady, failed, failed > 0 ? Optional.of("exited 42") : Optional.empty());
        return new FleetView(
                Map.of(Arm.STABLE, ready(3), Arm.CONTROL, ready(1), Arm.CANDIDATE, candidate),
                Optional.of(Weight.percent(confirmedPercent)));
    }

    static ArmView ready(int count) {
        return new ArmView(count, count, 0, Optional.empty());
    }

    static Verdict verdict(Outcome outcome, boolean commonCause, long requests) {
        MetricVerdict metric = new MetricVerdict(
                Metric.ERROR_RATE, outcome, 0.01, 0.01, 0, -0.01, 0.01, 0.005, 0.01, requests, requests, "errors");
        return new Verdict(NOW, outcome, commonCause, List.of(metric), 10, 0, "judge says " + outcome.label(), "test");
    }
}

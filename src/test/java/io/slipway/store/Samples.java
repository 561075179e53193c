package io.slipway.store;

import io.slipway.analysis.MetricVerdict;
import io.slipway.analysis.Outcome;
import io.slipway.analysis.Verdict;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import io.slipway.base.Weight;
import io.slipway.release.Check;
import io.slipway.release.Metric;
import io.slipway.release.Probe;
import io.slipway.release.ProcessSpec;
import io.slipway.release.ReleasePlan;
import io.slipway.release.ReleaseSpec;
import io.slipway.release.Resources;
import io.slipway.release.Route;
import io.slipway.release.Step;
import io.slipway.release.StopCondition;
import io.slipway.release.Watch;
import io.slipway.rollout.Course;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Values that tests of control and store share. */
public final class Samples {
    public static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    public static final ServiceName SHOP = new ServiceName("shop");
    public static final String OWNER = "alice@example.com";

    private Samples() {}

    /** Canary at 25 %, a gate, 100 %, and a watch of 40 s. */
    public static ReleaseSpec spec(int replicas) {
        return spec(replicas, List.of(Check.IMAGE, Check.CAPACITY, Check.SMOKE));
    }

    public static ReleaseSpec spec(int replicas, List<Check> checks) {
        return spec(SHOP.value(), replicas, checks);
    }

    public static ReleaseSpec spec(String service, int replicas, List<Check> checks) {
        return new ReleaseSpec(
                new ServiceName(service),
                "registry.example.com/shop:1",
                Map.of(
                        "web",
                        ProcessSpec.of(
                                List.of("/app"),
                                replicas,
                                Map.of("http", 8080),
                                new Resources(0.5, 64 << 20, 64),
                                Optional.of(Probe.of(
                                        Optional.of("/healthz"),
                                        "http",
                                        Duration.ofSeconds(1),
                                        Duration.ofSeconds(1),
                                        3)),
                                "SIGTERM",
                                Duration.ofSeconds(10))),
                Map.of("LOG_LEVEL", "info"),
                Optional.of(new Route(service + ".example.com", "/", "web", "http")),
                new ReleasePlan(
                        OWNER,
                        "https://chat.example.com/shop",
                        checks,
                        List.of(
                                new Step.SetWeight(Weight.percent(25)),
                                new Step.Gate(200, Duration.ofMinutes(10)),
                                new Step.SetWeight(Weight.ALL)),
                        List.of(
                                new StopCondition.Regresses(Metric.ERROR_RATE, 0.01),
                                new StopCondition.Regresses(Metric.P95_LATENCY, 0.10)),
                        new Watch(Duration.ofSeconds(40), true, true)));
    }

    /** The same, watched for so long. */
    public static ReleaseSpec watched(String service, Duration watch) {
        ReleaseSpec spec = spec(service, 3, List.of(Check.IMAGE, Check.CAPACITY, Check.SMOKE));
        ReleasePlan plan = spec.release();
        return new ReleaseSpec(
                spec.service(),
                spec.image(),
                spec.processes(),
                spec.env(),
                spec.route(),
                new ReleasePlan(
                        plan.owner(),
                        plan.channel(),
                        plan.checks(),
                        plan.steps(),
                        plan.stopConditions(),
                        new Watch(watch, true, true)));
    }

    public static Course course(int revision, int stable) {
        return new Course(
                new RevisionId(SHOP, revision),
                stable == 0 ? Optional.empty() : Optional.of(new RevisionId(SHOP, stable)),
                Weight.percent(25),
                Map.of("checked", NOON));
    }

    public static Verdict verdict(Outcome outcome) {
        return new Verdict(
                NOON,
                outcome,
                false,
                List.of(new MetricVerdict(
                        Metric.P95_LATENCY,
                        outcome,
                        Double.NaN,
                        212,
                        0.18,
                        0.11,
                        Double.POSITIVE_INFINITY,
                        0.10,
                        0.005,
                        1000,
                        1001,
                        "p95 212 ms against 180 (+18%, tolerated +10%)")),
                40,
                2,
                "p95 212 ms against 180 (+18%, tolerated +10%)",
                "judge-1");
    }
}

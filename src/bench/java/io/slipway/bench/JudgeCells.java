package io.slipway.bench;

import io.slipway.analysis.SimulatedService;
import io.slipway.release.Metric;
import io.slipway.release.StopCondition;
import java.util.List;
import java.util.function.Consumer;

/** The rows of the judge's first table. */
final class JudgeCells {
    private static final int DAY = 8640;
    private static final StopCondition P95 = new StopCondition.Regresses(Metric.P95_LATENCY, 0.10);
    private static final StopCondition ERRORS = new StopCondition.Regresses(Metric.ERROR_RATE, 0.005);

    private JudgeCells() {}

    static List<JudgeCell> all() {
        return List.of(
                healthy("iid, 10/s, nothing tolerated", JudgeCell.ZERO, s -> {}),
                healthy("iid, 1/s, nothing tolerated", JudgeCell.ZERO, s -> s.requestsPerSecond = 1),
                healthy("iid, 10/s, daily cycle 20%, nothing tolerated", JudgeCell.ZERO, s -> s.cycle = 0.2),
                healthy("AR(1) 0.5, sd 30% errors and cpu, 10% latency", JudgeCell.MARGINS, s -> noise(s, 0.5, 0.3)),
                healthy("AR(1) 0.9, sd 10% errors and cpu, 3% latency", JudgeCell.MARGINS, s -> noise(s, 0.9, 0.1)),
                healthy("AR(1) 0.9, sd 30% errors and cpu, 10% latency", JudgeCell.MARGINS, s -> noise(s, 0.9, 0.3)),
                worse("errors 1% to 10%, 10/s, 1 s windows", 1, 600, List.of(ERRORS), 10, s -> s.errorRate = 0.1),
                worse("p95 +25%, margin 10%, 10/s", 10, 720, List.of(P95), 10, s -> s.medianMs *= 1.25),
                new JudgeCell(
                        "errors 2% to 4%, 200 per 5 min",
                        false,
                        300,
                        288,
                        List.of(ERRORS),
                        (control, candidate) -> {
                            control.requestsPerSecond = 200 / 300.0;
                            candidate.requestsPerSecond = 200 / 300.0;
                            control.errorRate = 0.02;
                            candidate.errorRate = 0.04;
                        },
                        JudgeCell.Change.NONE),
                worse("p95 +100%, 3 conditions, 1/s", 10, 720, JudgeCell.MARGINS, 1, s -> s.medianMs *= 2),
                worse(
                        "p95 +50%, 3 conditions, 100/s, 1 s windows",
                        1, 600, JudgeCell.MARGINS, 100, s -> s.medianMs *= 1.5),
                worse("cpu +30%, 3 conditions, 10/s", 10, 720, JudgeCell.MARGINS, 10, s -> s.cpuMsPerRequest *= 1.3),
                new JudgeCell(
                        "errors 1% to 10% at hour 20, 3 conditions, 10/s (time from the step)",
                        false,
                        10,
                        DAY,
                        JudgeCell.MARGINS,
                        (control, candidate) -> {},
                        (candidate, index) -> candidate.errorRate = index < STEP ? 0.01 : 0.1));
    }

    /** Window of the step at hour 20. */
    static final int STEP = 7200;

    private static void noise(SimulatedService s, double correlation, double size) {
        s.correlation = correlation;
        s.noiseSize = size;
    }

    private static JudgeCell healthy(String name, List<StopCondition> conditions, Consumer<SimulatedService> both) {
        JudgeCell.Setup setup = (control, candidate) -> {
            both.accept(control);
            both.accept(candidate);
        };
        return new JudgeCell(name, true, 10, DAY, conditions, setup, JudgeCell.Change.NONE);
    }

    private static JudgeCell worse(
            String name,
            double windowSeconds,
            int looks,
            List<StopCondition> conditions,
            double requestsPerSecond,
            Consumer<SimulatedService> change) {
        JudgeCell.Setup setup = (control, candidate) -> {
            control.requestsPerSecond = requestsPerSecond;
            candidate.requestsPerSecond = requestsPerSecond;
            change.accept(candidate);
        };
        return new JudgeCell(name, false, windowSeconds, looks, conditions, setup, JudgeCell.Change.NONE);
    }
}

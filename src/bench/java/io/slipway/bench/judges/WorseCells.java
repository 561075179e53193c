package io.slipway.bench.judges;

import static io.slipway.release.Metric.COST_PER_REQUEST;
import static io.slipway.release.Metric.ERROR_RATE;
import static io.slipway.release.Metric.P95_LATENCY;

import java.util.List;

/** The candidate is worse than tolerated. */
final class WorseCells {
    /** Before so many, nobody knows how uneven latency is. */
    private static final String SLOTS = "16 windows (160 s) before anything is said of latency: nobody knows yet how uneven it is";

    private static final String WANDER = "time, not requests: a rate may wander by 30% until steps exclude it; with less of that allowance, healthy days at"
            + " AR(1) 0.9 are reverted";
    private static final String BOTH_UNKNOWN = "both rates are unknown; three conditions and the later starts share one alpha";
    private static final String P95_UNKNOWN = "16 windows, and the least evidence over all values that the control's p95 may have";
    private static final String COST = "unknown variance, and a standard error on top of the correlation that was seen";
    private static final String DRIFT = "the mean since a start counts, half of what a linear drift has reached; batches that drift apart count as noise first";
    private static final String STEP = "a step looks like noise until a start that began after it has seen enough";
    private static final String LATE = "starts begin every five minutes, and each of the day has 1/1,800 of alpha";

    private WorseCells() {}

    static List<Cell> all() {
        return List.of(
                Cell.worse("errors-x10-10", "errors 1% to 10%, margin 0.5pp alone, 10/s, windows of 1 s (goal 30 s)", 1)
                        .because("the goal is met; the oracle knows both rates")
                        .only(ERROR_RATE, 0.005)
                        .windows(1)
                        .candidate(s -> s.errorRate = 0.1),
                Cell.worse("p95-25-10", "p95 +25%, margin 10% alone, 10/s (goal 5 min)", 6)
                        .because("the goal is met; 16 windows before anything is said of latency")
                        .only(P95_LATENCY, 0.1)
                        .candidate(s -> s.medianMs *= 1.25),
                Cell.worse("errors-x2-few", "errors 2% to 4%, margin 0.5pp alone, 200 in 5 min, windows of 5 min (goal 90 min)", 24)
                        .only(ERROR_RATE, 0.005)
                        .windows(300)
                        .traffic(200 / 300.0)
                        .both(s -> s.errorRate = 0.02)
                        .candidate(s -> s.errorRate = 0.04),
                Cell.worse("errors-x1.5-10", "errors 2% to 3%, 10/s", 24)
                        .because(BOTH_UNKNOWN)
                        .both(s -> s.errorRate = 0.02)
                        .candidate(s -> s.errorRate = 0.03),
                Cell.worse("errors-x1.5-200", "errors 2% to 3%, 200/s", 12)
                        .because(WANDER)
                        .traffic(200)
                        .both(s -> s.errorRate = 0.02)
                        .candidate(s -> s.errorRate = 0.03),
                Cell.worse("errors-x2-1", "errors 1% to 2%, 1/s", 24)
                        .because(BOTH_UNKNOWN).traffic(1).candidate(s -> s.errorRate = 0.02),
                Cell.worse("errors-x2-2000", "errors 1% to 2%, 2,000/s", 2)
                        .because(WANDER)
                        .traffic(2000)
                        .candidate(s -> s.errorRate = 0.02),
                Cell.worse("errors-x10-0.1", "errors 1% to 10%, 0.1/s", 24)
                        .because(BOTH_UNKNOWN).traffic(0.1).candidate(s -> s.errorRate = 0.1),
                Cell.worse("errors-x10-sticky", "errors 1% to 10%, 50 sticky clients, 10/s", 4)
                        .both(s -> s.stickyClients = 50)
                        .candidate(s -> s.errorRate = 0.1),
                Cell.worse("p95-10-200", "p95 +10%, margin 2% alone, 200/s", 12)
                        .because(SLOTS)
                        .only(P95_LATENCY, 0.02)
                        .traffic(200)
                        .candidate(s -> s.medianMs *= 1.1),
                Cell.worse("p95-25-day", "p95 +25%, daily cycle 20%, 10/s", 12)
                        .because(P95_UNKNOWN)
                        .both(s -> s.cycle = 0.2)
                        .candidate(s -> s.medianMs *= 1.25),
                Cell.worse("p95-25-ar5", "p95 +25%, AR(1) 0.5, 30% and 10%, 10/s", 24)
                        .because("noise is extended as if correlated by 0.9: up to 19-fold counts less, where 3-fold would do")
                        .noise(0.5, 0.3)
                        .candidate(s -> s.medianMs *= 1.25),
                Cell.worse("p95-100-1", "p95 +100%, 1/s", 6)
                        .because(P95_UNKNOWN).traffic(1).candidate(s -> s.medianMs *= 2),
                Cell.worse("p95-100-2000", "p95 +100%, 2,000/s", 1.5)
                        .because(SLOTS).traffic(2000).candidate(s -> s.medianMs *= 2),
                Cell.worse("p95-100-ar9", "p95 +100%, AR(1) 0.9, 30% and 10%, 10/s", 12)
                        .because(SLOTS)
                        .noise(0.9, 0.3)
                        .candidate(s -> s.medianMs *= 2),
                Cell.worse("p99", "tail only: 2% of requests take 5 times as long (p95 +7%), margin 2% alone, 200/s", 12)
                        .because(SLOTS)
                        .only(P95_LATENCY, 0.02)
                        .traffic(200)
                        .candidate(s -> {
                            s.slowShare = 0.02;
                            s.slowTimes = 5;
                        }),
                Cell.worse("cost-15", "cpu +15%, margin 5% alone, 10/s", 12)
                        .because(COST)
                        .only(COST_PER_REQUEST, 0.05)
                        .candidate(s -> s.cpuMsPerRequest *= 1.15 + 0.15 * 0.22),
                Cell.worse("cost-30", "cpu +30%, 10/s", 12)
                        .because(COST).candidate(s -> s.cpuMsPerRequest *= 1.3),
                Cell.worse("leak", "slow leak: memory +100% an hour, linear; passes +15% cost in minute 40, 10/s", 24)
                        .because(DRIFT)
                        .change(0.67, (s, hours) -> s.memoryBytes = 200e6 * (1 + hours)),
                Cell.worse("slower", "slowly slower: latency +5% an hour, linear; passes +10% in hour 2, 10/s", 24)
                        .because(DRIFT)
                        .change(2, (s, hours) -> s.medianMs = 80 * (1 + 0.05 * hours)),
                Cell.worse("errors-broken-3m", "errors 1% to 90% after 3 min, 10/s", 4)
                        .change(0.05, (s, hours) -> s.errorRate = hours < 0.0499 ? 0.01 : 0.9),
                Cell.worse("errors-x10-8m", "errors 1% to 10% after 8 min, 10/s", 24)
                        .because(STEP)
                        .change(8 / 60.0, (s, hours) -> s.errorRate = hours < 0.1333 ? 0.01 : 0.1),
                Cell.worse("p95-100-8m", "p95 +100% after 8 min, 10/s", 24)
                        .because(STEP)
                        .change(8 / 60.0, (s, hours) -> s.medianMs = hours < 0.1333 ? 80 : 160),
                Cell.worse("errors-x10-20", "errors 1% to 10% 2 min after hour 20, 10/s", 24)
                        .because(LATE)
                        .change(20 + 2 / 60.0, (s, hours) -> s.errorRate = hours < 20 + 1.99 / 60 ? 0.01 : 0.1),
                Cell.worse("p95-50-20", "p95 +50% 2 min after hour 20, 10/s", 24)
                        .because(LATE)
                        .change(20 + 2 / 60.0, (s, hours) -> s.medianMs = hours < 20 + 1.99 / 60 ? 80 : 120),
                Cell.worse("errors-x10-broken", "errors 1% to 10%, 0.5% broken scrapes, 10/s", 4)
                        .faults(Faults.Kind.BROKEN_SCRAPES)
                        .candidate(s -> s.errorRate = 0.1));
    }
}

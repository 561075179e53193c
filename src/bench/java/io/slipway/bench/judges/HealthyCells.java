package io.slipway.bench.judges;

import java.util.ArrayList;
import java.util.List;

/** Nothing is wrong with the candidate. */
final class HealthyCells {
    private HealthyCells() {}

    static List<Cell> all() {
        List<Cell> cells = new ArrayList<>();
        for (double rate : new double[] {0.1, 1, 10, 200, 2000}) {
            String figure = rate < 1 ? "0.1" : String.valueOf((int) rate);
            cells.add(Cell.healthy("null-iid-" + figure, "iid, " + figure + "/s, nothing tolerated")
                    .traffic(rate)
                    .nothingTolerated());
        }
        cells.addAll(List.of(
                Cell.healthy("null-ar5-1", "AR(1) 0.5, 30% errors and cpu, 10% latency, 1/s")
                        .traffic(1)
                        .noise(0.5, 0.3),
                Cell.healthy("null-ar5-10", "the same, 10/s").noise(0.5, 0.3),
                Cell.healthy("null-ar5-200", "the same, 200/s").traffic(200).noise(0.5, 0.3),
                Cell.healthy("null-ar9-10-small", "AR(1) 0.9, 10% errors and cpu, 3% latency, 10/s")
                        .noise(0.9, 0.1),
                Cell.healthy("null-ar9-10", "AR(1) 0.9, 30% errors and cpu, 10% latency, 10/s")
                        .noise(0.9, 0.3),
                Cell.healthy("null-ar9-200", "the same, 200/s").traffic(200).noise(0.9, 0.3),
                Cell.healthy("null-ar9-10-errors", "AR(1) 0.9, 30% errors and cpu, 10% errors, 10/s")
                        .both(s -> s.errorRate = 0.1)
                        .noise(0.9, 0.3),
                Cell.healthy("null-day-10", "iid, daily cycle 20%, 10/s, nothing tolerated")
                        .both(s -> s.cycle = 0.2)
                        .nothingTolerated(),
                Cell.healthy("null-day-ar5-200", "daily cycle 20%, AR(1) 0.5, 30% and 10%, 200/s")
                        .traffic(200)
                        .both(s -> s.cycle = 0.2)
                        .noise(0.5, 0.3),
                Cell.healthy("null-load-day", "latency that depends on load (60% busy), daily cycle 20%, 10/s, nothing tolerated")
                        .both(s -> {
                            s.cycle = 0.2;
                            s.capacity = 8.3;
                        })
                        .nothingTolerated(),
                Cell.healthy("null-control2", "control at 2% (10/s of 500/s), latency that depends on load")
                        .both(s -> s.capacity = 30)
                        .candidate(s -> {
                            s.requestsPerSecond = 490;
                            s.replicas = 10;
                        }),
                Cell.healthy("null-sticky", "50 sticky clients an arm, each with its own error rate, 10/s")
                        .both(s -> s.stickyClients = 50),
                Cell.healthy("null-broken", "0.5% broken scrapes, 10/s, nothing tolerated")
                        .faults(Faults.Kind.BROKEN_SCRAPES)
                        .nothingTolerated(),
                Cell.healthy("null-outage", "metrics out for 30 min, 10/s, nothing tolerated")
                        .faults(Faults.Kind.OUTAGE)
                        .nothingTolerated(),
                Cell.healthy("null-late", "5% of windows twice, 5% up to a minute late, 10/s, nothing tolerated")
                        .faults(Faults.Kind.TWICE_AND_LATE)
                        .nothingTolerated()));
        return cells;
    }
}

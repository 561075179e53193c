package io.slipway.bench;

import io.slipway.analysis.Comparison;
import io.slipway.analysis.JudgeSpec;
import io.slipway.analysis.Prices;
import io.slipway.analysis.SimulatedService;
import io.slipway.release.Metric;
import io.slipway.release.StopCondition;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * One row of the judge's table: how both arms behave, and for how long they are watched.
 *
 * @param looks number of looks, one per window
 * @param arms sets both arms up for a window's index: the control first
 */
record JudgeCell(
        String name,
        boolean isNull,
        double windowSeconds,
        int looks,
        List<StopCondition> conditions,
        Setup setup,
        Change change) {
    interface Setup extends BiConsumer<SimulatedService, SimulatedService> {}

    /** What happens to the candidate before the window of an index. */
    interface Change {
        Change NONE = (candidate, index) -> {};

        void apply(SimulatedService candidate, int index);
    }

    static final List<StopCondition> MARGINS = List.of(
            new StopCondition.Regresses(Metric.P95_LATENCY, 0.10),
            new StopCondition.Regresses(Metric.ERROR_RATE, 0.005),
            new StopCondition.Regresses(Metric.COST_PER_REQUEST, 0.15));
    /** The hardest null: equal arms, nothing tolerated. */
    static final List<StopCondition> ZERO = List.of(
            new StopCondition.Regresses(Metric.P95_LATENCY, 0),
            new StopCondition.Regresses(Metric.ERROR_RATE, 0),
            new StopCondition.Regresses(Metric.COST_PER_REQUEST, 0));

    /** One watch: the number of windows until the revert, or 0 without one. */
    int revertedAfter(long seed) {
        SimulatedService control = SimulatedService.control(seed);
        SimulatedService candidate = SimulatedService.candidate(seed);
        control.seconds = windowSeconds;
        candidate.seconds = windowSeconds;
        setup.accept(control, candidate);
        JudgeSpec spec = new JudgeSpec(conditions, new Prices(0.04, 0.005, "EUR"), 0.01, 100, true);
        Comparison comparison = new Comparison(spec, SimulatedService.START);
        for (int i = 0; i < looks; i++) {
            change.apply(candidate, i);
            comparison.add(control.window(i));
            comparison.add(candidate.window(i));
            if (comparison.reverts(control.endOf(i))) {
                return i + 1;
            }
        }
        return 0;
    }
}

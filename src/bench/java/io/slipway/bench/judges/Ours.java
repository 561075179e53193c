package io.slipway.bench.judges;

import io.slipway.analysis.Comparison;
import io.slipway.analysis.JudgeSpec;
import io.slipway.analysis.Prices;
import io.slipway.analysis.SimulatedService;
import io.slipway.base.MetricWindow;
import java.time.Instant;

/** The judge that is measured: a look after every window. */
final class Ours implements Contender {
    static final Prices PRICES = new Prices(0.04, 0.005, "EUR");
    private static final int MIN_REQUESTS = 100;

    private final Comparison comparison;

    Ours(Cell cell) {
        JudgeSpec spec = new JudgeSpec(cell.conditions, PRICES, JudgeSpec.DEFAULT_ALPHA, MIN_REQUESTS, true);
        comparison = new Comparison(spec, SimulatedService.START);
    }

    @Override
    public void add(MetricWindow window) {
        comparison.add(window);
    }

    @Override
    public boolean reverts(int index, Instant now) {
        return comparison.reverts(now);
    }
}

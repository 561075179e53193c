package io.slipway.bench.judges;

import io.slipway.analysis.SimulatedService;
import io.slipway.base.MetricWindow;
import java.util.List;

/** One watch, seen by all judges at once. */
final class SimulatedWatch {
    /** In the order of a result's figures. */
    static final List<String> CONTENDERS = List.of("ours", "Kayenta-like", "Argo-like", "Flagger-like", "oracle");

    private SimulatedWatch() {}

    /** For each judge the number of windows until it reverts, or 0. Ends early when all have, or only the oracle has not. */
    static int[] run(Cell cell, long seed) {
        SimulatedService control = cell.control(seed);
        SimulatedService candidate = cell.candidate(seed);
        Truth before = new Truth(control, 0);
        List<Contender> contenders = List.of(
                new Ours(cell),
                new KayentaLike(cell),
                new ThresholdCounter(ThresholdCounter.Kind.ARGO, cell, before),
                new ThresholdCounter(ThresholdCounter.Kind.FLAGGER, cell, before),
                new Oracle(cell, before, new Truth(candidate, 0)));
        Faults faults0 = new Faults(cell.faults, 2 * seed);
        Faults faults1 = new Faults(cell.faults, 2 * seed + 1);
        int[] found = new int[contenders.size()];
        for (int i = 0; i < cell.windows() && !isOver(cell, found); i++) {
            cell.change(candidate, i);
            List<MetricWindow> of0 = faults0.arriving(i, control.window(i));
            List<MetricWindow> of1 = faults1.arriving(i, candidate.window(i));
            for (int c = 0; c < found.length; c++) {
                if (found[c] == 0 && !(cell.isNull && c == found.length - 1)) {
                    Contender contender = contenders.get(c);
                    of0.forEach(contender::add);
                    of1.forEach(contender::add);
                    found[c] = contender.reverts(i, control.endOf(i)) ? i + 1 : 0;
                }
            }
        }
        return found;
    }

    private static boolean isOver(Cell cell, int[] found) {
        for (int c = 0; c < found.length - (cell.isNull ? 1 : 0); c++) {
            if (found[c] == 0) {
                return false;
            }
        }
        return true;
    }
}

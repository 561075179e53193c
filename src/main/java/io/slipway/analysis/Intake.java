package io.slipway.analysis;

import io.slipway.base.LatencyHistogram;
import java.util.function.IntFunction;

/** Puts slots into stretches, and the differences between the arms into batches. */
final class Intake {
    private final Prices prices;
    private final Batches errors = new Batches();
    private final Batches tail = new Batches();
    private final Batches median = new Batches();
    private final Batches cost = new Batches();
    /** Since the beginning: where each arm's own quantiles lie, so that a constant difference is not taken for variation. */
    private final DenseCounts control = new DenseCounts();

    private final DenseCounts candidate = new DenseCounts();

    private final Sums all = new Sums();

    Intake(Prices prices) {
        this.prices = prices;
    }

    /** @param equalRates whether latency and cost can be compared */
    void add(Slot slot, boolean equalRates, Starts starts) {
        Stretch to = starts.at(slot, all);
        ArmSums a = slot.control();
        ArmSums b = slot.candidate();
        to.sums.count(a, b);
        all.count(a, b);
        double requestsA = a.requests();
        double requestsB = b.requests();
        double errorsA = a.errors();
        double errorsB = b.errors();
        errors.add(
                errorsA, requestsA, errorsB, requestsB, to.block, n -> starts.holding(n).sums.ofErrors, all.ofErrors);
        if (equalRates) {
            addCosts(a, b, to, starts);
        }
        if (equalRates && a.hasLatency() && b.hasLatency()) {
            addLatencies(a.latency(), b.latency(), to, starts);
        }
    }

    private void addCosts(ArmSums a, ArmSums b, Stretch to, Starts starts) {
        if (a.requests() > 0 && b.requests() > 0) {
            double requestsA = a.requests();
            double requestsB = b.requests();
            double costA = prices.of(a.cpuSeconds(), a.memoryByteSeconds(), a.egressBytes());
            double costB = prices.of(b.cpuSeconds(), b.memoryByteSeconds(), b.egressBytes());
            to.sums.cost.add(costA, requestsA, costB, requestsB);
            cost.add(costA, requestsA, costB, requestsB, to.block, n -> starts.holding(n).sums.ofCost, all.ofCost);
        }
    }

    private void addLatencies(LatencyHistogram a, LatencyHistogram b, Stretch to, Starts starts) {
        to.sums.latencySlots++;
        all.latencySlots++;
        to.latency0.add(a);
        to.latency1.add(b);
        control.add(a);
        candidate.add(b);
        add(a, b, QuantileTest.TAIL, tail, to.block, n -> starts.holding(n).sums.ofTail, all.ofTail);
        add(a, b, 0.5, median, to.block, n -> starts.holding(n).sums.ofMedian, all.ofMedian);
    }

    private void add(
            LatencyHistogram a,
            LatencyHistogram b,
            double share,
            Batches to,
            int block,
            IntFunction<Variation> of,
            Variation ofAll) {
        int boundA = control.quantileBucket(share);
        int boundB = candidate.quantileBucket(share);
        double totalA = a.total();
        double totalB = b.total();
        to.add(above(a, boundA), totalA, above(b, boundB), totalB, block, of, ofAll);
    }

    private static double above(LatencyHistogram h, int bucket) {
        double above = 0;
        for (int i = h.bucket().length - 1; i >= 0 && h.bucket()[i] > bucket; i--) {
            above += h.count()[i];
        }
        return above;
    }
}

package io.slipway.analysis;

/** What both arms did over some slots, but for latencies, in sums that add up. */
final class Sums {
    long errors0;
    long requests0;
    long errors1;
    long requests1;
    int slots;
    /** Slots with latencies, in which both arms had equal rates. */
    int latencySlots;

    final CostSums cost = new CostSums();
    final Variation ofErrors = new Variation();
    final Variation ofTail = new Variation();
    final Variation ofMedian = new Variation();
    final Variation ofCost = new Variation();

    /** One slot's requests. */
    void count(ArmSums control, ArmSums candidate) {
        slots++;
        errors0 += control.errors();
        requests0 += control.requests();
        errors1 += candidate.errors();
        requests1 += candidate.requests();
    }

    void add(Sums other) {
        errors0 += other.errors0;
        requests0 += other.requests0;
        errors1 += other.errors1;
        requests1 += other.requests1;
        slots += other.slots;
        latencySlots += other.latencySlots;
        cost.add(other.cost);
        ofErrors.add(other.ofErrors);
        ofTail.add(other.ofTail);
        ofMedian.add(other.ofMedian);
        ofCost.add(other.ofCost);
    }

    double errorRate() {
        return requests0 + requests1 == 0 ? 0 : (double) (errors0 + errors1) / (requests0 + requests1);
    }
}

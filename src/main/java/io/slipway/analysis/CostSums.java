package io.slipway.analysis;

/**
 * Costs per request of both arms, one pair a slot, as sums. Each pair is weighted by the root of its harmonic request count, so that its
 * variance hardly depends on how many requests the slot had.
 */
final class CostSums {
    int slots;
    double cost0;
    double requests0;
    double cost1;
    double requests1;
    double sum0;
    double sum1;
    double square0;
    double square1;
    double product;

    void add(double control, double controlRequests, double candidate, double candidateRequests) {
        double root = StrictMath.sqrt(controlRequests * candidateRequests / (controlRequests + candidateRequests));
        double u0 = root * control / controlRequests;
        double u1 = root * candidate / candidateRequests;
        slots++;
        cost0 += control;
        requests0 += controlRequests;
        cost1 += candidate;
        requests1 += candidateRequests;
        sum0 += u0;
        sum1 += u1;
        square0 += u0 * u0;
        square1 += u1 * u1;
        product += u0 * u1;
    }

    void add(CostSums o) {
        slots += o.slots;
        cost0 += o.cost0;
        requests0 += o.requests0;
        cost1 += o.cost1;
        requests1 += o.requests1;
        sum0 += o.sum0;
        sum1 += o.sum1;
        square0 += o.square0;
        square1 += o.square1;
        product += o.product;
    }
}

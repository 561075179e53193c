package io.slipway.analysis;

import io.slipway.base.Crashes;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.MetricWindow;

/**
 * What one arm did over some time, summed over its hosts.
 *
 * @param latency empty where the resolution of what was recorded does not allow quantiles
 * @param replicaSeconds ready replicas times their time
 * @param replicas ready at once on all hosts; of several slots, in the one that had most
 */
public record ArmSums(
        long requests,
        long errors,
        LatencyHistogram latency,
        double cpuSeconds,
        double memoryByteSeconds,
        double egressBytes,
        double replicaSeconds,
        int replicas,
        Crashes crashes) {
    /** Nothing. */
    public static final ArmSums NONE = new ArmSums(0, 0, LatencyHistogram.EMPTY, 0, 0, 0, 0, 0, Crashes.NONE);

    ArmSums plus(MetricWindow w) {
        return new ArmSums(
                requests + w.requests(),
                errors + w.errors(),
                latency.total() == 0 ? w.latency() : latency.plus(w.latency()),
                cpuSeconds + w.cpuSeconds(),
                memoryByteSeconds + w.memoryByteSeconds(),
                egressBytes + w.egress(),
                replicaSeconds + w.replicas() * w.seconds(),
                replicas,
                crashes.plus(w.crashes().orElse(Crashes.NONE)));
    }

    ArmSums plusWithoutLatency(ArmSums o) {
        return new ArmSums(
                requests + o.requests,
                errors + o.errors,
                latency,
                cpuSeconds + o.cpuSeconds,
                memoryByteSeconds + o.memoryByteSeconds,
                egressBytes + o.egressBytes,
                replicaSeconds + o.replicaSeconds,
                Math.max(replicas, o.replicas),
                crashes.plus(o.crashes));
    }

    ArmSums withReplicas(int atOnce) {
        return new ArmSums(
                requests, errors, latency, cpuSeconds, memoryByteSeconds, egressBytes, replicaSeconds, atOnce, crashes);
    }

    ArmSums withoutLatency() {
        return NONE.plusWithoutLatency(this);
    }

    double errorRate() {
        return requests == 0 ? Double.NaN : (double) errors / requests;
    }

    double requestsPerReplicaSecond() {
        return replicaSeconds <= 0 ? Double.NaN : requests / replicaSeconds;
    }

    double costPerRequest(Prices prices) {
        return requests == 0 ? Double.NaN : prices.of(cpuSeconds, memoryByteSeconds, egressBytes) / requests;
    }

    /** False where the resolution of what was recorded does not allow quantiles. */
    boolean hasLatency() {
        return requests == 0 || latency.total() > 0;
    }
}

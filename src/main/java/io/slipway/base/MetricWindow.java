package io.slipway.base;

import java.time.Instant;
import java.util.Optional;

/**
 * What one arm of one service did on one host between {@code start} and {@code start + seconds}. Keyed by service, revision, arm, host and
 * start: the same window sent twice is one window.
 *
 * @param requests answered requests
 * @param errors those answered with 5xx, or not at all by the replica's fault
 * @param latency time to the last byte, of all requests
 * @param cpuSeconds of all the arm's replicas, from cgroup accounting
 * @param memoryByteSeconds integral of resident memory over the window
 * @param replicas ready replicas during the window
 * @param warmingUp true while any replica was younger than the warm-up; such windows are not judged
 * @param egressBytes that left the host: what replicas sent to other machines, and bodies of answers by the edge; empty where nobody counted
 * @param crashes of its replicas; empty where there was none, or nobody counted
 */
public record MetricWindow(
        RevisionId revision,
        Arm arm,
        HostName host,
        Instant start,
        double seconds,
        long requests,
        long errors,
        LatencyHistogram latency,
        double cpuSeconds,
        double memoryByteSeconds,
        int replicas,
        boolean warmingUp,
        Optional<Long> egressBytes,
        Optional<Crashes> crashes) {
    /** Of which nobody counted what left the host, and without a crash. */
    public MetricWindow(
            RevisionId revision,
            Arm arm,
            HostName host,
            Instant start,
            double seconds,
            long requests,
            long errors,
            LatencyHistogram latency,
            double cpuSeconds,
            double memoryByteSeconds,
            int replicas,
            boolean warmingUp) {
        this(
                revision,
                arm,
                host,
                start,
                seconds,
                requests,
                errors,
                latency,
                cpuSeconds,
                memoryByteSeconds,
                replicas,
                warmingUp,
                Optional.empty(),
                Optional.empty());
    }

    /** {@link #egressBytes}, 0 where nobody counted. */
    public double egress() {
        return egressBytes.isPresent() ? egressBytes.get() : 0;
    }

    /** The same of another arm, on another host, at another time. */
    public MetricWindow at(Arm arm, HostName host, Instant start) {
        return new MetricWindow(
                revision,
                arm,
                host,
                start,
                seconds,
                requests,
                errors,
                latency,
                cpuSeconds,
                memoryByteSeconds,
                replicas,
                warmingUp,
                egressBytes,
                crashes);
    }

    /** The same with other crashes. */
    public MetricWindow with(Crashes other) {
        return new MetricWindow(
                revision,
                arm,
                host,
                start,
                seconds,
                requests,
                errors,
                latency,
                cpuSeconds,
                memoryByteSeconds,
                replicas,
                warmingUp,
                egressBytes,
                Optional.of(other).filter(c -> !c.equals(Crashes.NONE)));
    }
}

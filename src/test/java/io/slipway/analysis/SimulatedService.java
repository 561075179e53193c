package io.slipway.analysis;

import io.slipway.base.Arm;
import io.slipway.base.HostName;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.MetricWindow;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import java.time.Instant;
import java.util.Random;

/** One arm of a service: Poisson requests, lognormal latencies, errors and cpu, with optional AR(1) noise of its own. */
public final class SimulatedService {
    public static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

    private final Arm arm;
    private final Random random;
    private double noise;

    public double requestsPerSecond = 10;
    public double errorRate = 0.01;
    public double medianMs = 80;
    public double sigma = 0.5;
    public double cpuMsPerRequest = 10;
    public double memoryBytes = 200e6;
    public double seconds = 10;
    public int replicas = 1;
    /** Autocorrelation of the noise from window to window. */
    public double correlation;
    /** Standard deviation of the noise: relative for errors and cost, a third of it for latency. */
    public double noiseSize;
    /** Size of a daily cycle that both arms share, in requests and in latency; relative. */
    public double cycle;

    public SimulatedService(Arm arm, long seed) {
        this.arm = arm;
        this.random = new Random(seed);
    }

    public static SimulatedService control(long seed) {
        return new SimulatedService(Arm.CONTROL, seed * 31 + 1);
    }

    public static SimulatedService candidate(long seed) {
        return new SimulatedService(Arm.CANDIDATE, seed * 31 + 2);
    }

    public MetricWindow window(int index) {
        noise = correlation * noise + Math.sqrt(1 - correlation * correlation) * random.nextGaussian();
        double factor = Math.exp(noiseSize * noise - noiseSize * noiseSize / 2);
        double daily = 1 + cycle * Math.sin(2 * Math.PI * index * seconds / 86_400);
        int requests = poisson(requestsPerSecond * daily * seconds);
        int errors = 0;
        long[] latency = new long[LatencyHistogram.BUCKETS];
        double median = medianMs * daily * Math.exp(noiseSize * noise / 3);
        for (int i = 0; i < requests; i++) {
            errors += random.nextDouble() < errorRate * factor ? 1 : 0;
            double ms = median * Math.exp(sigma * random.nextGaussian());
            latency[LatencyHistogram.bucketOfNanos((long) (ms * 1e6))]++;
        }
        double cpu = requests * cpuMsPerRequest / 1000 * factor * (1 + 0.1 * random.nextGaussian());
        return window(index, requests, errors, LatencyHistogram.ofDense(latency), Math.max(0, cpu));
    }

    MetricWindow window(int index, long requests, long errors, LatencyHistogram latency, double cpuSeconds) {
        Instant start = START.plusMillis(Math.round(index * seconds * 1000));
        RevisionId revision = new RevisionId(new ServiceName("checkout"), arm == Arm.CANDIDATE ? 2 : 1);
        return new MetricWindow(
                revision,
                arm,
                new HostName("h1"),
                start,
                seconds,
                requests,
                errors,
                latency,
                cpuSeconds,
                memoryBytes * seconds * replicas,
                replicas,
                false);
    }

    public Instant endOf(int index) {
        return START.plusMillis(Math.round((index + 1) * seconds * 1000));
    }

    private int poisson(double mean) {
        if (mean > 60) {
            return (int) Math.max(0, Math.round(mean + Math.sqrt(mean) * random.nextGaussian()));
        }
        double limit = Math.exp(-mean);
        double product = random.nextDouble();
        int n = 0;
        while (product > limit) {
            product *= random.nextDouble();
            n++;
        }
        return n;
    }
}

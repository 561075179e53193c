package io.slipway.analysis;

import io.slipway.base.Arm;
import io.slipway.base.HostName;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.MetricWindow;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import java.time.Instant;
import java.util.SplittableRandom;

/**
 * One arm of a service: Poisson requests, lognormal latencies, errors and cpu, with optional AR(1) noise of its own. Few requests are drawn one by
 * one; of many, the counts of the buckets are drawn, which are independent and Poisson, too.
 */
public final class SimulatedService {
    public static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

    private static final double LOG_MIN_MS = Math.log(LatencyHistogram.MIN_MS);
    private static final double LOG_GROWTH = Math.log(LatencyHistogram.GROWTH);
    private static final double FAR = 6;
    /** Requests up to which they are drawn one by one. */
    private static final double FEW = 250;

    private static final int STEPS_PER_SIGMA = 512;
    /** Standard deviation of a window's cpu time, relative. */
    public static final double CPU_SPREAD = 0.1;

    private static final double[] NORMAL = normal();

    private final Arm arm;
    private final SplittableRandom random;
    private final long[] latency = new long[LatencyHistogram.BUCKETS];
    private int lowest = LatencyHistogram.BUCKETS;
    private int highest = -1;
    private double noise;
    private double clients = 1;

    public double requestsPerSecond = 10;
    public double errorRate = 0.01;
    public double medianMs = 80;
    public double sigma = 0.5;
    /** Share of requests that take {@link #slowTimes} as long. */
    public double slowShare;

    public double slowTimes = 1;
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
    /** Number of clients that stay with this arm, each with an error rate of its own (exponential); 0 for as many as requests. */
    public int stickyClients;
    /** Requests per second at which a replica's latency has doubled by queueing; 0 for never. */
    public double capacity;

    public SimulatedService(Arm arm, long seed) {
        this.arm = arm;
        this.random = new SplittableRandom(seed);
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
        double median = medianAt(index) * Math.exp(noiseSize * noise / 3);
        double mean = rateAt(index) * seconds;
        long requests = draw(mean * (1 - slowShare), median) + draw(mean * slowShare, median * slowTimes);
        long errors = binomial(requests, Math.min(1, errorRate * factor * ofClients(index)));
        double cpu = requests * cpuMsPerRequest / 1000 * factor * (1 + CPU_SPREAD * random.nextGaussian());
        return window(index, requests, errors, takeLatency(), Math.max(0, cpu));
    }

    /** Expected requests per second. */
    public double rateAt(int index) {
        return requestsPerSecond * dailyAt(index);
    }

    /** Expected median of the latency in ms, of the requests that are not slow. */
    public double medianAt(int index) {
        double load = capacity == 0 ? 1 : 1 / Math.max(0.05, 1 - rateAt(index) / replicas / (2 * capacity));
        return medianMs * (1 + (dailyAt(index) - 1) / 2) * load;
    }

    /** Expected share of requests that take longer than {@code ms}. */
    public double slowerThan(double ms, int index) {
        double location = Math.log(medianAt(index));
        double usual = 1 - normal((Math.log(ms) - location) / sigma);
        double slow = 1 - normal((Math.log(ms / slowTimes) - location) / sigma);
        return (1 - slowShare) * usual + slowShare * slow;
    }

    private double dailyAt(int index) {
        return 1 + cycle * Math.sin(2 * Math.PI * index * seconds / 86_400);
    }

    /** Which clients are there changes slowly: a tenth of them every window. */
    private double ofClients(int index) {
        if (stickyClients == 0) {
            return 1;
        }
        double fresh = 0;
        int changed = index == 0 ? stickyClients : Math.max(1, stickyClients / 10);
        for (int i = 0; i < changed; i++) {
            fresh -= Math.log(1 - random.nextDouble());
        }
        double share = (double) changed / stickyClients;
        clients = (1 - share) * clients + share * fresh / changed;
        return clients;
    }

    /** Requests whose latency is lognormal; their number. */
    private long draw(double mean, double median) {
        double location = Math.log(median);
        return mean <= 0 ? 0 : mean <= FEW ? drawEach(poisson(mean), location) : drawBuckets(mean, location);
    }

    private long drawEach(long requests, double location) {
        for (long i = 0; i < requests; i++) {
            count(bucket(location + sigma * random.nextGaussian()), 1);
        }
        return requests;
    }

    private long drawBuckets(double mean, double location) {
        int first = bucket(location - FAR * sigma);
        int last = bucket(location + FAR * sigma);
        long sum = 0;
        double below = 0;
        for (int b = first; b <= last; b++) {
            double upTo = b == last ? 1 : normal((LOG_MIN_MS + b * LOG_GROWTH - location) / sigma);
            long n = poisson(mean * (upTo - below));
            below = upTo;
            count(b, n);
            sum += n;
        }
        return sum;
    }

    private void count(int bucket, long requests) {
        if (requests > 0) {
            latency[bucket] += requests;
            lowest = Math.min(lowest, bucket);
            highest = Math.max(highest, bucket);
        }
    }

    /** What was counted since it was taken last. */
    private LatencyHistogram takeLatency() {
        int size = 0;
        for (int b = lowest; b <= highest; b++) {
            size += latency[b] > 0 ? 1 : 0;
        }
        int[] buckets = new int[size];
        long[] counts = new long[size];
        int n = 0;
        for (int b = lowest; b <= highest; b++) {
            if (latency[b] > 0) {
                buckets[n] = b;
                counts[n++] = latency[b];
                latency[b] = 0;
            }
        }
        lowest = LatencyHistogram.BUCKETS;
        highest = -1;
        return new LatencyHistogram(buckets, counts);
    }

    private static int bucket(double logMs) {
        return (int) Math.clamp(Math.ceil((logMs - LOG_MIN_MS) / LOG_GROWTH), 0, LatencyHistogram.BUCKETS - 1);
    }

    private static double normal(double z) {
        double at = Math.clamp((z + FAR) * STEPS_PER_SIGMA, 0, NORMAL.length - 1.001);
        int i = (int) at;
        return NORMAL[i] + (at - i) * (NORMAL[i + 1] - NORMAL[i]);
    }

    private static double[] normal() {
        double[] table = new double[(int) (2 * FAR * STEPS_PER_SIGMA) + 1];
        double sum = 0;
        for (int i = 0; i < table.length; i++) {
            double z = -FAR + (double) i / STEPS_PER_SIGMA;
            table[i] = sum;
            double middle = z + 0.5 / STEPS_PER_SIGMA;
            sum += Math.exp(-middle * middle / 2);
        }
        for (int i = 0; i < table.length; i++) {
            table[i] /= sum;
        }
        return table;
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

    private long binomial(long n, double p) {
        double mean = n * p;
        if (mean > 100 && n - mean > 100) {
            return Math.clamp(Math.round(mean + Math.sqrt(mean * (1 - p)) * random.nextGaussian()), 0, n);
        }
        if (p <= 0) {
            return 0;
        }
        if (p > 0.5) {
            return n - binomial(n, 1 - p);
        }
        // Skips from hit to hit.
        double logMiss = Math.log1p(-p);
        long hits = 0;
        double at = Math.floor(Math.log(1 - random.nextDouble()) / logMiss);
        while (at < n) {
            hits++;
            at += 1 + Math.floor(Math.log(1 - random.nextDouble()) / logMiss);
        }
        return hits;
    }

    private long poisson(double mean) {
        if (mean > 60) {
            return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.nextGaussian()));
        }
        double u = random.nextDouble();
        double p = Math.exp(-mean);
        double below = p;
        long n = 0;
        while (u > below && n < 1000) {
            p *= mean / ++n;
            below += p;
        }
        return n;
    }
}

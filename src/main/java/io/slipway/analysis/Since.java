package io.slipway.analysis;

import io.slipway.base.LatencyHistogram;
import io.slipway.release.Metric;
import java.time.Instant;
import java.util.List;

/**
 * Both arms since one start: the sum of the stretches from it on. Begins with the newest start and is moved back, so that all starts are seen
 * in one pass.
 */
final class Since {
    /** Noise that error rates are taken to have while it cannot be estimated: 30 % of the rate, correlated by 0.9 over ten seconds. */
    private static final double NOISE_OF_ERRORS = 0.3;

    /** Standard deviations of it that are tolerated. */
    private static final double TOLERATED = 2.5;

    /** By then, half of it would have shown; for correlated noise up to twice that. */
    private static final double GUESSED_SECONDS = 500;

    private static final double CORRELATION = 0.9;
    private static final double CORRELATED_SECONDS = 10;

    private final List<Stretch> stretches;
    private final Noise known;
    private final double slotSeconds;
    private final Sums own = new Sums();
    private final long[] latency0 = new long[LatencyHistogram.BUCKETS];
    private final long[] latency1 = new long[LatencyHistogram.BUCKETS];
    private final Tail tail0 = new Tail();
    private final Tail tail1 = new Tail();
    private int lowest = LatencyHistogram.BUCKETS;
    private int highest = -1;
    private long requests0;
    private long requests1;
    private boolean isCounted;
    private int at;

    private Since(List<Stretch> stretches, Noise known, double slotSeconds) {
        this.stretches = stretches;
        this.known = known;
        this.slotSeconds = slotSeconds;
        this.at = stretches.size();
    }

    /** Since the newest start. */
    static Since newest(List<Stretch> stretches, Noise known, double slotSeconds) {
        Since since = new Since(stretches, known, slotSeconds);
        since.back();
        return since;
    }

    /** Since the start of {@code block}. */
    static Since of(List<Stretch> stretches, int block, Noise known, double slotSeconds) {
        Since since = newest(stretches, known, slotSeconds);
        while (since.block() > block) {
            since.back();
        }
        return since;
    }

    /** Moves to the start before; false when there is none. */
    boolean back() {
        if (at == 0) {
            return false;
        }
        Stretch stretch = stretches.get(--at);
        own.add(stretch.sums);
        stretch.latency0.addTo(latency0);
        stretch.latency1.addTo(latency1);
        lowest = Math.min(lowest, Math.min(stretch.latency0.first(), stretch.latency1.first()));
        highest = Math.max(highest, Math.max(stretch.latency0.last(), stretch.latency1.last()));
        requests0 += stretch.latency0.total();
        requests1 += stretch.latency1.total();
        isCounted = false;
        return true;
    }

    int block() {
        return stretches.get(at).block;
    }

    Instant start() {
        return stretches.get(at).start;
    }

    /** Whether the candidate's value is worse than the control's by more than {@code margin}, by whatever chance. */
    boolean looksWorse(Metric metric, double margin) {
        return switch (metric) {
            case ERROR_RATE -> (double) own.errors1 / own.requests1 - (double) own.errors0 / own.requests0 > margin;
            case P95_LATENCY ->
                quantile(latency1, requests1) - quantile(latency0, requests0) > QuantileTest.buckets(margin);
            case COST_PER_REQUEST, PROMETHEUS, PUSHED, BURN_RATE, CRASHES, OOM_KILLS ->
                own.cost.sum1 > (1 + margin) * own.cost.sum0;
        };
    }

    /** Evidence that the candidate is worse by more than {@code margin} is not above this, however even the windows are: quicker than the evidence. */
    double atMost(Metric metric, double margin) {
        return switch (metric) {
            case ERROR_RATE -> RateTest.atMost(own.errors0, own.requests0, own.errors1, own.requests1, margin);
            case P95_LATENCY -> {
                count();
                yield QuantileTest.atMost(tail0, tail1, margin);
            }
            case COST_PER_REQUEST, PROMETHEUS, PUSHED, BURN_RATE, CRASHES, OOM_KILLS ->
                CostTest.atMost(own.cost, margin);
        };
    }

    /** Holds until this is moved. */
    Evidence of(Metric metric) {
        return switch (metric) {
            case ERROR_RATE -> errors();
            case P95_LATENCY -> latency();
            case COST_PER_REQUEST, PROMETHEUS, PUSHED, BURN_RATE, CRASHES, OOM_KILLS ->
                new CostTest(own.cost, scaleOfCost());
        };
    }

    private Evidence errors() {
        double ratio = stretches.get(at).ratio;
        return new RateTest(
                own.errors0, own.requests0, own.errors1, own.requests1, scaleOfErrors(), ratio, driftOfErrors());
    }

    private double quantile(long[] latency, long requests) {
        return requests == 0 ? Double.NaN : Tail.boundOf(QuantileTest.TAIL * requests, latency, highest);
    }

    /** Only where it is asked for: most starts need no more than the quantiles. */
    private void count() {
        if (!isCounted) {
            tail0.count(latency0, lowest, highest);
            tail1.count(latency1, lowest, highest);
            isCounted = true;
        }
    }

    private Evidence latency() {
        count();
        return new QuantileTest(
                tail0, tail1, own.latencySlots + before().latencySlots, scaleOfLatency(), stretches.get(at).ratio);
    }

    private double scaleOfErrors() {
        double p = own.errorRate();
        double variance = p * (1 - p);
        if (!(variance > 0)) {
            return 1;
        }
        double perSlot = own.ofErrors.meanWeight() * p * p / variance;
        double prior = known.errorRate() / slotSeconds * perSlot * Noise.left(seenSlots() * slotSeconds);
        double seen = Math.max(own(own.ofErrors, variance), before(before().ofErrors));
        return Math.max(seen, 1 + prior);
    }

    /** What is tolerated of the noise that is taken for granted: of the mean difference since this start, relative to the rate. */
    private double driftOfErrors() {
        double mean = 2 * Variation.inflation(correlation(), slots()) / slots();
        return TOLERATED * NOISE_OF_ERRORS * StrictMath.sqrt(mean * hiddenOfErrors());
    }

    /** Share of that noise that may be there and has not shown: less the longer was looked, and not more than the steps leave. */
    private double hiddenOfErrors() {
        double times = seenSlots() * slotSeconds / (GUESSED_SECONDS * (1 + correlation()));
        double byTime = 1 / (1 + times * times * times);
        return Math.min(byTime, Math.min(before().hiddenOfErrors, hiddenOfErrors(own, correlation())));
    }

    static double hiddenOfErrors(Sums sums, double correlation) {
        double p = sums.errorRate();
        double variance = p * (1 - p);
        double noise = 2 * NOISE_OF_ERRORS * NOISE_OF_ERRORS * p * p * sums.ofErrors.meanWeight();
        return variance > 0 ? sums.ofErrors.notExcluded(variance, noise / variance, correlation) : 1;
    }

    /**
     * Noise is told by how slots deviate from their mean. Once much was seen before this start, what is seen since is told by steps: a regression
     * is a change of level, and must not be taken for noise.
     */
    private double own(Variation variation, double expected) {
        return before().isLong
                ? variation.ratioOfSteps(expected, correlation(), slots())
                : variation.ratio(expected, correlation(), slots());
    }

    private double before(double[] excess) {
        return Variation.ratio(excess, correlation(), slots());
    }

    private Before before() {
        return stretches.get(at).before;
    }

    private int seenSlots() {
        return own.slots + before().slots;
    }

    private int slots() {
        return Math.max(1, own.slots);
    }

    private double correlation() {
        return correlation(slotSeconds);
    }

    /** Of neighbouring slots that noise is taken to have. */
    static double correlation(double slotSeconds) {
        return StrictMath.pow(CORRELATION, Math.max(1, slotSeconds / CORRELATED_SECONDS));
    }

    /**
     * Noise that moves all latencies of an arm shows sooner in the many requests around the median than in the few around the p95; it is carried
     * over by how many requests lie close to either.
     */
    private double scaleOfLatency() {
        double variance = QuantileTest.TAIL * (1 - QuantileTest.TAIL);
        double carried = Math.min(1, (tail0.carried() + tail1.carried()) / 2);
        double prior =
                known.tail() / slotSeconds * own.ofTail.meanWeight() / variance * Noise.left(seenSlots() * slotSeconds);
        double ofTail = Math.max(own(own.ofTail, variance), before(before().ofTail));
        double ofMedian = Math.max(own(own.ofMedian, 0.25), before(before().ofMedian));
        return Math.max(Math.max(ofTail, 1 + (ofMedian - 1) * carried), 1 + prior);
    }

    private double scaleOfCost() {
        double seen = Math.max(
                Math.max(own(own.ofCost, own.ofCost.variance(0)), before(before().ofCost)),
                Variation.inflation(Math.max(own.ofCost.correlation(), before().correlation), slots()));
        double variance = own.ofCost.variance(0);
        double mean = own.cost.cost0 / Math.max(1, own.cost.requests0);
        double prior = !(variance > 0)
                ? 0
                : known.cost()
                        / slotSeconds
                        * mean
                        * mean
                        * own.ofCost.meanWeight()
                        / variance
                        * Noise.left(seenSlots() * slotSeconds);
        return Math.max(seen, 1 + prior);
    }
}

package io.slipway.bench.judges;

import io.slipway.analysis.SimulatedService;
import io.slipway.release.Metric;

/** What an arm's values are at one time, without chance. */
record Truth(SimulatedService service, int index) {
    /** The probability of an error. */
    double errorRate() {
        return service.errorRate;
    }

    double p95() {
        double low = 0.01;
        double high = 600_000;
        for (int i = 0; i < 60; i++) {
            double middle = Math.sqrt(low * high);
            if (service.slowerThan(middle, index) > 0.05) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    double slowerThan(double ms) {
        return service.slowerThan(ms, index);
    }

    double requests() {
        return service.rateAt(index) * service.seconds;
    }

    /** Per request; where no window is without requests. */
    double cost() {
        return cpu() + Ours.PRICES.of(0, service.memoryBytes * service.replicas, 0) * service.seconds / requests();
    }

    /** Standard deviation of one window's cost per request. */
    double costSpread() {
        double memory = cost() - cpu();
        double ofRequests = memory * memory / requests();
        double own = cpu() * cpu() * (SimulatedService.CPU_SPREAD * SimulatedService.CPU_SPREAD + ofNoise());
        return Math.sqrt(ofRequests + own);
    }

    /** Relative variance of noise by which the mean of many windows varies, times their number. */
    double ofNoise() {
        double r = service.correlation;
        return service.noiseSize * service.noiseSize * (1 + r) / (1 - r);
    }

    /** The same for errors, with the clients that stay. */
    double ofErrorNoise() {
        return ofNoise() + (service.stickyClients == 0 ? 0 : 10.0 / service.stickyClients);
    }

    /** Variance by which the share of requests beyond the p95 varies by noise, times the number of windows: a third of the noise moves all latencies. */
    double ofTailNoise() {
        double density = 0.1031 / service.sigma / 3;
        return density * density * ofNoise();
    }

    private double cpu() {
        return Ours.PRICES.of(service.cpuMsPerRequest / 1000, 0, 0);
    }

    double value(Metric metric) {
        return switch (metric) {
            case ERROR_RATE -> errorRate();
            case P95_LATENCY -> p95();
            case COST_PER_REQUEST, PROMETHEUS, PUSHED, BURN_RATE, CRASHES, OOM_KILLS -> cost();
        };
    }
}

package io.slipway.release;

/** What is compared between the arms. */
public enum Metric {
    /** Share of requests answered with 5xx, 0 to 1. */
    ERROR_RATE("error_rate"),
    /** 95th percentile of the time to the last byte, ms. */
    P95_LATENCY("p95_latency"),
    /** Price of cpu and memory used, per request, in the price list's currency. */
    COST_PER_REQUEST("cost_per_request"),
    /** What a query of the team's own Prometheus gives, in its unit. */
    PROMETHEUS("prometheus"),
    /** What a service pushes under a name of its own, in its unit. */
    PUSHED("pushed");

    private final String label;

    Metric(String label) {
        this.label = label;
    }

    /** Whether it is known of every service; others are of a series that the condition names. */
    public boolean isBuiltIn() {
        return this != PROMETHEUS && this != PUSHED;
    }

    /** The name in service files, series and pages. */
    public String label() {
        return label;
    }
}

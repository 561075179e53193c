package io.slipway.release;

/** What is compared between the arms. */
public enum Metric {
    /** Share of requests answered with 5xx, 0 to 1. */
    ERROR_RATE("error_rate"),
    /** 95th percentile of the time to the last byte, ms. */
    P95_LATENCY("p95_latency"),
    /** Price of cpu and memory used, per request, in the price list's currency. */
    COST_PER_REQUEST("cost_per_request"),
    /** How fast errors use up what a service level objective allows; 1 is just that. */
    BURN_RATE("burn_rate"),
    /** Ends of replicas that nobody asked for. Judged always, so no condition names it. */
    CRASHES("crashes"),
    /** Those of them that the kernel's OOM killer made. */
    OOM_KILLS("oom_kills"),
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

    /** Whether a stop condition may name it. */
    public boolean isDeclared() {
        return this != CRASHES && this != OOM_KILLS;
    }

    /** Whether a limit is set on the candidate's own value, not on its difference from the baseline's. */
    public boolean isLimit() {
        return this == BURN_RATE || !isDeclared();
    }

    /** The name in service files, series and pages. */
    public String label() {
        return label;
    }
}

package io.slipway.analysis;

/** What a judgement can say. The last two never pass a gate and never revert. */
public enum Outcome {
    REGRESSED("regressed"),
    HEALTHY("healthy"),
    NOT_ENOUGH_EVIDENCE("not-enough-evidence"),
    METRICS_BROKEN("metrics-broken");

    private final String label;

    Outcome(String label) {
        this.label = label;
    }

    /** The name in the API, records and files. */
    public String label() {
        return label;
    }
}

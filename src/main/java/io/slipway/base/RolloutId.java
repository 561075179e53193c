package io.slipway.base;

/** Id of a rollout, the execution of one release. */
public record RolloutId(String value) implements Comparable<RolloutId> {
    public RolloutId {
        if (value.isBlank()) {
            throw new IllegalArgumentException("a RolloutId must not be blank");
        }
    }

    @Override
    public int compareTo(RolloutId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

package io.slipway.base;

/** Id of a allocation: one replica on one host. */
public record AllocationId(String value) implements Comparable<AllocationId> {
    public AllocationId {
        if (value.isBlank()) {
            throw new IllegalArgumentException("a AllocationId must not be blank");
        }
    }

    @Override
    public int compareTo(AllocationId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

package io.slipway.base;

/** Id of a host, as its agent names itself. */
public record HostName(String value) implements Comparable<HostName> {
    public HostName {
        if (value.isBlank()) {
            throw new IllegalArgumentException("a HostName must not be blank");
        }
    }

    @Override
    public int compareTo(HostName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

package io.slipway.base;

/** Term of a leader: rises by one with each lease taken. A write or command with a lower one is stale and refused. */
public record Epoch(long value) implements Comparable<Epoch> {
    @Override
    public int compareTo(Epoch other) {
        return Long.compare(value, other.value);
    }
}

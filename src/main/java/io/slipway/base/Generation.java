package io.slipway.base;

/** Version of what a host is told to run; rises with each change. A receiver refuses a lower one than it has seen. */
public record Generation(long value) implements Comparable<Generation> {
    public static final Generation NONE = new Generation(0);

    @Override
    public int compareTo(Generation other) {
        return Long.compare(value, other.value);
    }

    public Generation next() {
        return new Generation(value + 1);
    }
}

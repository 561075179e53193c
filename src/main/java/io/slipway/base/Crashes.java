package io.slipway.base;

/**
 * Ends of replicas that nobody asked for, over some time.
 *
 * @param ends by a failure, as {@code Ending} has it
 * @param outOfMemory those of them that the kernel's OOM killer made
 */
public record Crashes(int ends, int outOfMemory) {
    public static final Crashes NONE = new Crashes(0, 0);

    /** One end of a replica. */
    public static Crashes one(boolean outOfMemory) {
        return new Crashes(1, outOfMemory ? 1 : 0);
    }

    public Crashes plus(Crashes other) {
        return new Crashes(ends + other.ends, outOfMemory + other.outOfMemory);
    }
}

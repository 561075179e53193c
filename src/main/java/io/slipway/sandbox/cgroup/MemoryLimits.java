package io.slipway.sandbox.cgroup;

import java.util.OptionalLong;

/**
 * Bounds of memory, in bytes.
 *
 * @param maxBytes over it the kernel kills
 * @param highBytes over it the kernel takes memory back and slows down: {@code memory.high} of version 2; version 1 has only a soft limit, which
 *     is heeded when the host runs short
 * @param swapBytes beyond {@code maxBytes}; none when only the latter is given, as swap would soften it
 */
public record MemoryLimits(OptionalLong maxBytes, OptionalLong highBytes, OptionalLong swapBytes) {
    public static final MemoryLimits NONE =
            new MemoryLimits(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
    /** A container's mounts, its pid 1 and the smallest program take more than half of it. */
    static final long MIN_BYTES = 1 << 20;

    public MemoryLimits {
        atLeastTheLeast("memory", maxBytes);
        atLeastTheLeast("memory-high", highBytes);
        if (maxBytes.isPresent() && highBytes.isPresent() && highBytes.getAsLong() > maxBytes.getAsLong()) {
            throw new IllegalArgumentException("memory-high " + size(highBytes.getAsLong()) + " is above memory "
                    + size(maxBytes.getAsLong()) + " and would never be reached; ask for less");
        }
        if (swapBytes.isPresent() && swapBytes.getAsLong() < 0) {
            throw new IllegalArgumentException(
                    "memory-swap " + swapBytes.getAsLong() + " is negative; 0 allows no swap");
        }
        if (swapBytes.isPresent() && maxBytes.isEmpty()) {
            throw new IllegalArgumentException("memory-swap " + size(swapBytes.getAsLong())
                    + " counts what goes beyond memory, which is not limited; limit memory too");
        }
    }

    private static void atLeastTheLeast(String field, OptionalLong bytes) {
        if (bytes.isPresent() && bytes.getAsLong() < MIN_BYTES) {
            throw new IllegalArgumentException(field + " " + bytes.getAsLong() + " bytes is below " + size(MIN_BYTES)
                    + ", in which nothing starts; ask for at least that, as 64MiB, or leave it out");
        }
    }

    public static MemoryLimits max(long bytes) {
        return NONE.withMax(OptionalLong.of(bytes));
    }

    public MemoryLimits withMax(OptionalLong bytes) {
        return new MemoryLimits(bytes, highBytes, swapBytes);
    }

    public MemoryLimits withHigh(OptionalLong bytes) {
        return new MemoryLimits(maxBytes, bytes, swapBytes);
    }

    public MemoryLimits withSwap(OptionalLong bytes) {
        return new MemoryLimits(maxBytes, highBytes, bytes);
    }

    /** Of memory and swap together, as version 1 counts; empty when not limited. */
    OptionalLong withSwapBytes() {
        return maxBytes.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(Math.addExact(maxBytes.getAsLong(), swapBytes.orElse(0)));
    }

    String text() {
        String max = maxBytes.isPresent() ? "memory " + size(maxBytes.getAsLong()) : "";
        String high = highBytes.isPresent() ? " memory-high " + size(highBytes.getAsLong()) : "";
        return (max + high).strip();
    }

    /** E.g. {@code 64 MiB}; bytes when it is not whole. */
    public static String size(long bytes) {
        long mebibyte = 1 << 20;
        return bytes % mebibyte == 0 ? bytes / mebibyte + " MiB" : bytes + " bytes";
    }
}

package io.slipway.sandbox;

import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Upper bounds of a container; an empty one is not limited.
 *
 * @param cpu in cores, e.g. 0.5
 * @param pids processes and threads, pid 1 among them
 */
public record Limits(OptionalLong memoryBytes, OptionalDouble cpu, OptionalInt pids) {
    public static final Limits NONE = new Limits(OptionalLong.empty(), OptionalDouble.empty(), OptionalInt.empty());

    public Limits {
        if (memoryBytes.isPresent() && memoryBytes.getAsLong() < 1 << 20) {
            throw new IllegalArgumentException(
                    "a memory limit of " + memoryBytes.getAsLong() + " bytes is below 1 MiB, in which nothing runs");
        }
        if (cpu.isPresent() && !(cpu.getAsDouble() >= 0.01)) {
            throw new IllegalArgumentException("a cpu limit of " + cpu.getAsDouble() + " cores is below 0.01");
        }
        if (pids.isPresent() && pids.getAsInt() < 2) {
            throw new IllegalArgumentException(
                    "a pids limit of " + pids.getAsInt() + " is below 2: pid 1 and the application");
        }
    }

    public static Limits of(long memoryBytes, double cpu, int pids) {
        return new Limits(OptionalLong.of(memoryBytes), OptionalDouble.of(cpu), OptionalInt.of(pids));
    }
}

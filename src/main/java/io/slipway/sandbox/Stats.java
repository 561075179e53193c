package io.slipway.sandbox;

/**
 * What a container uses now.
 *
 * @param cpuSeconds since its start, of all its processes
 * @param memoryBytes without page cache that the kernel may drop at once (inactive file pages)
 * @param oomKills processes killed over the memory limit since its start
 */
public record Stats(double cpuSeconds, long memoryBytes, int pids, long oomKills) {
    static final Stats NONE = new Stats(0, 0, 0, 0);

    /** Of two groups that account for different controllers. */
    Stats plus(Stats other) {
        return new Stats(
                cpuSeconds + other.cpuSeconds,
                memoryBytes + other.memoryBytes,
                Math.max(pids, other.pids),
                oomKills + other.oomKills);
    }
}

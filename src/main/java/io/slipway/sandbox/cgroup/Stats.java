package io.slipway.sandbox.cgroup;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a container uses now, and has used since its start.
 *
 * @param pids processes and threads, now
 * @param pidsMax empty when not limited
 * @param forksRefused over that limit
 * @param io empty where it is not counted: version 1, unless a limit of it was asked for
 * @param cpuPressure and the others: empty where the kernel does not count it, or there is no version 2
 */
public record Stats(
        Cpu cpu,
        Memory memory,
        int pids,
        OptionalLong pidsMax,
        long forksRefused,
        Optional<Io> io,
        Optional<Pressure> cpuPressure,
        Optional<Pressure> memoryPressure,
        Optional<Pressure> ioPressure) {
    /**
     * Time of all its processes, ended ones too.
     *
     * @param periods in which it was limited and wanted to run
     * @param throttledPeriods of these, in which it had used up its part
     * @param throttledSeconds that it waited for the next period
     */
    public record Cpu(
            double seconds,
            double userSeconds,
            double systemSeconds,
            long periods,
            long throttledPeriods,
            double throttledSeconds) {}

    /**
     * In bytes.
     *
     * @param bytes without page cache that the kernel may drop at once (inactive file pages); what is billed
     * @param totalBytes with it; what counts against the limit
     * @param peakBytes the most of the latter; empty on kernels that do not keep it
     * @param limitBytes empty when not limited
     * @param limitHits how often the limit was met, which mostly ends with cache being dropped; version 1 on new kernels does not count it
     * @param oomKills processes killed by the kernel for lack of memory, its own or the host's
     */
    public record Memory(
            long bytes,
            long totalBytes,
            OptionalLong peakBytes,
            OptionalLong limitBytes,
            long swapBytes,
            long limitHits,
            long oomKills) {
        static final Memory NONE = new Memory(0, 0, OptionalLong.empty(), OptionalLong.empty(), 0, 0, 0);
    }

    /** Of block devices, since its start. */
    public record Io(long readBytes, long writtenBytes, long reads, long writes) {}

    /**
     * How much it waits for a resource (Documentation/accounting/psi.rst).
     *
     * @param somePercent of the last 10 s, in which at least one of its processes waited
     * @param someSeconds the same since its start
     * @param fullPercent in which all of them did
     */
    public record Pressure(double somePercent, double someSeconds, double fullPercent, double fullSeconds) {}

    public double cpuSeconds() {
        return cpu.seconds;
    }

    /** What is billed: {@link Memory#bytes}. */
    public long memoryBytes() {
        return memory.bytes;
    }

    public long oomKills() {
        return memory.oomKills;
    }
}

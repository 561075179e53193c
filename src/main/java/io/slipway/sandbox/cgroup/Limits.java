package io.slipway.sandbox.cgroup;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Upper bounds of a container; what is not named is not limited, but for devices, of which {@link DeviceRule#DEFAULT a few} are allowed.
 *
 * @param pids processes and threads, pid 1 among them
 * @param hugetlbBytes by page size as the kernel names it, e.g. {@code 2MB}
 * @param devices rules beyond the default ones, in order
 */
public record Limits(
        MemoryLimits memory,
        CpuLimits cpu,
        CpusetLimits cpuset,
        OptionalInt pids,
        IoLimits io,
        Map<String, Long> hugetlbBytes,
        List<DeviceRule> devices) {
    public static final Limits NONE = new Limits(OptionalLong.empty(), OptionalDouble.empty(), OptionalInt.empty());
    private static final int PIDS_MIN = 2;
    /** PID_MAX_LIMIT of the kernel. */
    private static final int PIDS_MAX = 4_194_304;

    public Limits {
        // A record written by an earlier version does not have all of them.
        memory = memory == null ? MemoryLimits.NONE : memory;
        cpu = cpu == null ? CpuLimits.NONE : cpu;
        cpuset = cpuset == null ? CpusetLimits.NONE : cpuset;
        io = io == null ? IoLimits.NONE : io;
        hugetlbBytes = hugetlbBytes == null ? Map.of() : Map.copyOf(hugetlbBytes);
        devices = devices == null ? List.of() : List.copyOf(devices);
        if (!devices.isEmpty()) {
            // Refuses what cannot be told the kernel.
            DeviceList.of(devices);
        }
        if (pids.isPresent() && (pids.getAsInt() < PIDS_MIN || pids.getAsInt() > PIDS_MAX)) {
            throw new IllegalArgumentException(
                    "pids " + pids.getAsInt() + " is not within " + PIDS_MIN + " and " + PIDS_MAX
                            + ": pid 1 and the application are two, and each thread counts; ask for e.g. 256, or leave it out");
        }
        hugetlbBytes.forEach((size, bytes) -> {
            if (bytes < 0) {
                throw new IllegalArgumentException("hugetlb " + size + " " + bytes + " is negative; 0 allows none");
            }
        });
    }

    /** The three that most have. */
    public Limits(OptionalLong memoryBytes, OptionalDouble cpuCores, OptionalInt pids) {
        this(
                MemoryLimits.NONE.withMax(memoryBytes),
                CpuLimits.NONE.withCores(cpuCores),
                CpusetLimits.NONE,
                pids,
                IoLimits.NONE,
                Map.of(),
                List.of());
    }

    public static Limits of(long memoryBytes, double cpuCores, int pids) {
        return new Limits(OptionalLong.of(memoryBytes), OptionalDouble.of(cpuCores), OptionalInt.of(pids));
    }

    public Limits withMemory(MemoryLimits other) {
        return new Limits(other, cpu, cpuset, pids, io, hugetlbBytes, devices);
    }

    public Limits withCpu(CpuLimits other) {
        return new Limits(memory, other, cpuset, pids, io, hugetlbBytes, devices);
    }

    public Limits withCpuset(CpusetLimits other) {
        return new Limits(memory, cpu, other, pids, io, hugetlbBytes, devices);
    }

    public Limits withPids(OptionalInt other) {
        return new Limits(memory, cpu, cpuset, other, io, hugetlbBytes, devices);
    }

    public Limits withIo(IoLimits other) {
        return new Limits(memory, cpu, cpuset, pids, other, hugetlbBytes, devices);
    }

    public Limits withHugetlb(Map<String, Long> other) {
        return new Limits(memory, cpu, cpuset, pids, io, other, devices);
    }

    public Limits withDevices(List<DeviceRule> other) {
        return new Limits(memory, cpu, cpuset, pids, io, hugetlbBytes, other);
    }

    /** What is asked for, in words, by the controller that has to carry it out (version 2 names). */
    Map<String, String> asked() {
        Map<String, String> asked = new LinkedHashMap<>();
        put(asked, "memory", memory.text());
        put(asked, "cpu", cpu.text());
        put(asked, "cpuset", cpuset.text());
        put(asked, "pids", pids.isPresent() ? "pids " + pids.getAsInt() : "");
        put(asked, "io", io.text());
        put(asked, "hugetlb", hugetlbBytes.isEmpty() ? "" : "hugetlb " + new TreeMap<>(hugetlbBytes));
        put(asked, "devices", devices.isEmpty() ? "" : "devices " + devices);
        return asked;
    }

    private static void put(Map<String, String> asked, String controller, String text) {
        if (!text.isEmpty()) {
            asked.put(controller, text);
        }
    }
}

package io.slipway.sandbox.cgroup;

/**
 * Which cpus and memory nodes may be used, as lists of numbers and ranges, e.g. {@code 0-1,3}; empty for all.
 *
 * @param mems nodes of a machine with several (NUMA)
 */
public record CpusetLimits(String cpus, String mems) {
    public static final CpusetLimits NONE = new CpusetLimits("", "");

    public CpusetLimits {
        NumberList.parse("cpuset-cpus", cpus);
        NumberList.parse("cpuset-mems", mems);
    }

    public static CpusetLimits cpus(String cpus) {
        return new CpusetLimits(cpus, "");
    }

    String text() {
        String first = cpus.isEmpty() ? "" : "cpuset-cpus " + cpus;
        return (mems.isEmpty() ? first : first + " cpuset-mems " + mems).strip();
    }
}

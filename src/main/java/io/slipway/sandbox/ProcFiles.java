package io.slipway.sandbox;

import java.util.Set;

/** Files of {@code /proc} on which something else may be mounted. */
public final class ProcFiles {
    /** What programs ask how large the machine is, covered by lxcfs; and what CRIU and the modules of cryptography ask: runc's list. */
    public static final Set<String> COVERABLE = Set.of(
            "/proc/cpuinfo",
            "/proc/diskstats",
            "/proc/loadavg",
            "/proc/meminfo",
            "/proc/net/dev",
            "/proc/slabinfo",
            "/proc/stat",
            "/proc/swaps",
            "/proc/sys/crypto/fips_enabled",
            "/proc/sys/kernel/ns_last_pid",
            "/proc/uptime");

    private ProcFiles() {}
}

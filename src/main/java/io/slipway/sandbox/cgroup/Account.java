package io.slipway.sandbox.cgroup;

import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What the controllers of one group tell, one after the other. */
final class Account {
    double cpuSeconds;
    double userSeconds;
    double systemSeconds;
    long periods;
    long throttledPeriods;
    double throttledSeconds;
    Stats.Memory memory = Stats.Memory.NONE;
    int pids;
    OptionalLong pidsMax = OptionalLong.empty();
    long forksRefused;
    Stats.@Nullable Io io;
    Optional<Stats.Pressure> cpuPressure = Optional.empty();
    Optional<Stats.Pressure> memoryPressure = Optional.empty();
    Optional<Stats.Pressure> ioPressure = Optional.empty();

    Stats stats() {
        Stats.Cpu cpu =
                new Stats.Cpu(cpuSeconds, userSeconds, systemSeconds, periods, throttledPeriods, throttledSeconds);
        return new Stats(
                cpu,
                memory,
                pids,
                pidsMax,
                forksRefused,
                Optional.ofNullable(io),
                cpuPressure,
                memoryPressure,
                ioPressure);
    }
}

package io.slipway.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LimitsChangeTest {
    private static final IoLimits.Device DISK = new IoLimits.Device(
            8, 0, OptionalLong.of(5), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.of(7));

    private static final Limits MANY = Limits.of(64 << 20, 0.5, 9)
            .withCpuset(CpusetLimits.cpus("0-1"))
            .withIo(new IoLimits(OptionalInt.of(10), List.of(DISK)))
            .withHugetlb(Map.of("2MB", 0L, "1GB", 1L << 30));

    @Test
    void what_is_the_same_is_no_change() {
        assertThat(new LimitsChange(MANY, MANY).text()).isEmpty();
        assertThat(new LimitsChange(Limits.NONE, Limits.NONE).text()).isEmpty();
    }

    @Test
    void each_limit_that_is_set_or_lifted_is_named_with_both_its_values() {
        assertThat(new LimitsChange(Limits.NONE, MANY).text())
                .isEqualTo("memory max -> 64 MiB, cpu max -> 0.5, cpuset-cpus max -> 0-1, pids max -> 9,"
                        + " io-weight max -> 10, io-read-bytes 8:0 max -> 5/s, io-write-ops 8:0 max -> 7/s,"
                        + " hugetlb 1GB max -> 1024 MiB, hugetlb 2MB max -> 0 MiB");
        assertThat(new LimitsChange(MANY, MANY.withPids(OptionalInt.empty()).withCpuset(CpusetLimits.cpus("0"))).text())
                .isEqualTo("cpuset-cpus 0-1 -> 0, pids 9 -> max");
    }
}

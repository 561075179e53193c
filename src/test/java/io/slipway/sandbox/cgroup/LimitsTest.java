package io.slipway.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class LimitsTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Test
    void valuesThatMeanNothingAreRefusedWithFieldValueAndWhatToDo() {
        assertThatThrownBy(() -> MemoryLimits.max(0))
                .hasMessageContaining("memory 0 bytes is below 1 MiB")
                .hasMessageContaining("ask for at least that");
        assertThatThrownBy(() -> MemoryLimits.max(-1)).hasMessageContaining("memory -1 bytes");
        assertThatThrownBy(() -> MemoryLimits.max(1 << 20).withHigh(OptionalLong.of(2 << 20)))
                .hasMessageContaining("memory-high 2 MiB is above memory 1 MiB");
        assertThatThrownBy(() -> MemoryLimits.NONE.withSwap(OptionalLong.of(5)))
                .hasMessageContaining("memory-swap 5 bytes")
                .hasMessageContaining("limit memory too");
        assertThatThrownBy(() -> MemoryLimits.max(1 << 20).withSwap(OptionalLong.of(-5)))
                .hasMessageContaining("memory-swap -5 is negative");
        assertThatThrownBy(() -> Limits.NONE.withPids(OptionalInt.of(1)))
                .hasMessageContaining("pids 1 is not within 2 and 4194304");
        assertThatThrownBy(() -> Limits.NONE.withPids(OptionalInt.of(4_194_305)))
                .hasMessageContaining("pids 4194305");
        assertThatThrownBy(() -> Limits.NONE.withHugetlb(Map.of("2MB", -1L)))
                .hasMessageContaining("hugetlb 2MB -1 is negative");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 0.009, Double.NaN, Double.POSITIVE_INFINITY})
    void coresThatAreNoneAreRefused(double cores) {
        assertThatThrownBy(() -> CpuLimits.cores(cores))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cpu " + CpuLimits.plain(cores) + " is not within 0.01 and")
                .hasMessageContaining("0.5");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 10_001})
    void weightsOutOfRangeAreRefused(int weight) {
        assertThatThrownBy(() -> CpuLimits.NONE.withWeight(OptionalInt.of(weight)))
                .hasMessageContaining("cpu-weight " + weight + " is not within 1 and 10000");
        assertThatThrownBy(() -> IoLimits.NONE.withWeight(OptionalInt.of(weight)))
                .hasMessageContaining("io-weight " + weight);
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "1024, 39", "2048, 79", "262144, 10000"})
    void sharesBecomeWeightsLinearlyEndsOntoEnds(int shares, int weight) {
        assertThat(CpuLimits.NONE.withShares(OptionalInt.of(shares)).asWeight()).hasValue(weight);
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "100, 2597", "10000, 262144"})
    void weightsBecomeSharesAndComeBackTheSame(int weight, int shares) {
        CpuLimits limits = CpuLimits.NONE.withWeight(OptionalInt.of(weight));
        assertThat(limits.asShares()).hasValue(shares);
        int back = CpuLimits.NONE.withShares(limits.asShares()).asWeight().orElseThrow();
        assertThat(back).isBetween(weight - 1, weight);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "1-", "-1", "3-1", "0,", "0 1", "99999", ","})
    void whatIsNoListOfCpusIsRefused(String list) {
        assertThatThrownBy(() -> CpusetLimits.cpus(list))
                .hasMessageContaining("cpuset-cpus '" + list + "'")
                .hasMessageContaining("0-1,3");
    }

    @Test
    void aDiskIsLimitedOnceAndToSomething() {
        OptionalLong none = OptionalLong.empty();
        IoLimits.Device disk = new IoLimits.Device(8, 0, OptionalLong.of(1), none, none, none);
        assertThatThrownBy(() -> IoLimits.NONE.withDevices(List.of(disk, disk)))
                .hasMessageContaining("name one device twice: [8:0, 8:0]");
        assertThatThrownBy(() -> new IoLimits.Device(8, 0, OptionalLong.of(0), none, none, none))
                .hasMessageContaining("io limit 0 of device 8:0");
    }

    @Test
    void limitsOfAnEarlierVersionAreReadAndThoseOfThisOneComeBackTheSame() {
        Limits old = JSON.readValue("{\"memory\":null,\"pids\":7}", Limits.class);
        assertThat(old).isEqualTo(Limits.NONE.withPids(OptionalInt.of(7)));
        OptionalLong some = OptionalLong.of(1 << 20);
        Limits all = new Limits(
                new MemoryLimits(OptionalLong.of(2 << 20), some, some),
                new CpuLimits(OptionalDouble.of(0.5), OptionalInt.of(50_000), OptionalInt.of(3), OptionalInt.empty()),
                new CpusetLimits("0", "0"),
                OptionalInt.of(9),
                IoLimits.NONE.withDevices(
                        List.of(new IoLimits.Device(8, 0, some, OptionalLong.empty(), some, OptionalLong.empty()))),
                Map.of("2MB", 4L << 20),
                List.of(DeviceRule.allow("c 10:* rw"), DeviceRule.deny("c 5:1 w")));
        assertThat(JSON.readValue(JSON.writeValueAsString(all), Limits.class)).isEqualTo(all);
    }
}

package io.slipway.sandbox.cgroup;

import java.math.BigDecimal;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Bounds and share of cpu time.
 *
 * @param cores at most so much cpu time per time, e.g. 0.5; at least 0.01
 * @param periodMicros in which {@code cores} is counted: 1,000 to 1,000,000; the kernel's default is 100,000
 * @param weight share when cpus are short, beside other groups: 1 to 10,000; the kernel's default is 100
 * @param shares the same in version 1's unit, 2 to 262,144 with a default of 1,024; only one of the two may be given
 */
public record CpuLimits(OptionalDouble cores, OptionalInt periodMicros, OptionalInt weight, OptionalInt shares) {
    public static final CpuLimits NONE =
            new CpuLimits(OptionalDouble.empty(), OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());
    static final int DEFAULT_PERIOD_MICROS = 100_000;
    static final int DEFAULT_WEIGHT = 100;
    static final int DEFAULT_SHARES = 1024;
    private static final double CORES_MIN = 0.01;
    private static final int PERIOD_MIN = 1_000;
    private static final int PERIOD_MAX = 1_000_000;
    private static final int WEIGHT_MAX = 10_000;
    private static final int SHARES_MIN = 2;
    private static final int SHARES_MAX = 262_144;
    /** The kernel refuses less (Documentation/scheduler/sched-bwc.rst). */
    private static final long QUOTA_MIN_MICROS = 1_000;

    public CpuLimits {
        if (cores.isPresent() && !(cores.getAsDouble() >= CORES_MIN && cores.getAsDouble() < 1e6)) {
            throw new IllegalArgumentException("cpu " + plain(cores.getAsDouble()) + " is not within " + CORES_MIN
                    + " and the number of cores; ask for a part of one, as 0.5, or several, as 2");
        }
        within("cpu-period", periodMicros, PERIOD_MIN, PERIOD_MAX);
        within("cpu-weight", weight, 1, WEIGHT_MAX);
        within("cpu-shares", shares, SHARES_MIN, SHARES_MAX);
        if (weight.isPresent() && shares.isPresent()) {
            throw new IllegalArgumentException("cpu-weight " + weight.getAsInt() + " and cpu-shares "
                    + shares.getAsInt() + " say the same thing twice; leave one out");
        }
    }

    /** Without an exponent, as people write it. */
    static String plain(double cores) {
        return Double.isFinite(cores)
                ? BigDecimal.valueOf(cores).stripTrailingZeros().toPlainString()
                : Double.toString(cores);
    }

    static void within(String field, OptionalInt value, int least, int most) {
        if (value.isPresent() && (value.getAsInt() < least || value.getAsInt() > most)) {
            throw new IllegalArgumentException(
                    field + " " + value.getAsInt() + " is not within " + least + " and " + most);
        }
    }

    public static CpuLimits cores(double cores) {
        return NONE.withCores(OptionalDouble.of(cores));
    }

    public CpuLimits withCores(OptionalDouble other) {
        return new CpuLimits(other, periodMicros, weight, shares);
    }

    public CpuLimits withPeriodMicros(OptionalInt other) {
        return new CpuLimits(cores, other, weight, shares);
    }

    public CpuLimits withWeight(OptionalInt other) {
        return new CpuLimits(cores, periodMicros, other, OptionalInt.empty());
    }

    public CpuLimits withShares(OptionalInt other) {
        return new CpuLimits(cores, periodMicros, OptionalInt.empty(), other);
    }

    /** Cpu time per period, in microseconds; empty when not limited. */
    OptionalInt quotaMicros() {
        return cores.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of((int) Math.max(QUOTA_MIN_MICROS, Math.round(cores.getAsDouble() * period())));
    }

    int period() {
        return periodMicros.orElse(DEFAULT_PERIOD_MICROS);
    }

    /**
     * For {@code cpu.weight}. Shares are mapped linearly, ends onto ends, as Kubernetes (KEP-2254) and crun(1) document it: {@code weight = 1 +
     * (shares - 2) * 9999 / 262142}.
     */
    OptionalInt asWeight() {
        return shares.isPresent() ? OptionalInt.of(1 + (int) ((shares.getAsInt() - 2L) * 9999 / 262_142)) : weight;
    }

    /**
     * For {@code cpu.shares}: the inverse of {@link #asWeight}, rounded. The two defaults, weight 100 and 1,024 shares, are not mapped onto each other
     * by it; but both only mean something beside groups of the same host, which has one version.
     */
    OptionalInt asShares() {
        return weight.isPresent()
                ? OptionalInt.of(2 + (int) Math.round((weight.getAsInt() - 1L) * 262_142 / 9999.0))
                : shares;
    }

    String text() {
        String max = cores.isPresent() ? "cpu " + plain(cores.getAsDouble()) : "";
        String share = asWeight().isPresent() ? " cpu-weight " + asWeight().getAsInt() : "";
        return (max + share).strip();
    }
}

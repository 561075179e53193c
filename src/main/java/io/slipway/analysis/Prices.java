package io.slipway.analysis;

/**
 * What the hosts of a service cost.
 *
 * @param cpuHour price of one core for one hour
 * @param gibHour price of one GiB of memory for one hour
 * @param currency ISO 4217 code, for sentences only
 */
public record Prices(double cpuHour, double gibHour, String currency) {
    private static final double BYTES_PER_GIB = 1L << 30;

    public Prices {
        if (!(cpuHour >= 0) || !(gibHour >= 0)) {
            throw new IllegalArgumentException(
                    "prices of " + cpuHour + " per cpu hour and " + gibHour + " per GiB hour: both must be 0 or more");
        }
    }

    /** Price of so much cpu time and resident memory over time. */
    public double of(double cpuSeconds, double memoryByteSeconds) {
        return cpuSeconds * cpuHour / 3600 + memoryByteSeconds / BYTES_PER_GIB * gibHour / 3600;
    }
}

package io.slipway.analysis;

/**
 * What the hosts of a service cost.
 *
 * @param cpuHour price of one core for one hour
 * @param gibHour price of one GiB of memory for one hour
 * @param egressGib price of one GiB that leaves a host
 * @param currency ISO 4217 code, for sentences only
 */
public record Prices(double cpuHour, double gibHour, double egressGib, String currency) {
    private static final double BYTES_PER_GIB = 1L << 30;

    public Prices {
        if (!(cpuHour >= 0) || !(gibHour >= 0) || !(egressGib >= 0)) {
            throw new IllegalArgumentException("prices of " + cpuHour + " per cpu hour, " + gibHour
                    + " per GiB hour and " + egressGib + " per GiB that leaves a host: all must be 0 or more");
        }
    }

    /** Where what leaves a host costs nothing. */
    public Prices(double cpuHour, double gibHour, String currency) {
        this(cpuHour, gibHour, 0, currency);
    }

    /** Price of so much cpu time, resident memory over time, and bytes that left the host. */
    public double of(double cpuSeconds, double memoryByteSeconds, double egressBytes) {
        return cpuSeconds * cpuHour / 3600
                + memoryByteSeconds / BYTES_PER_GIB * gibHour / 3600
                + egressBytes / BYTES_PER_GIB * egressGib;
    }
}

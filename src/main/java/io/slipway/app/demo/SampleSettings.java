package io.slipway.app.demo;

import java.util.Map;

/**
 * How the sample service behaves, from its environment.
 *
 * @param port PORT; 0 is any free one
 * @param version VERSION, told in every answer
 * @param startMs START_MS: time until it listens, as of a service that first reads what it needs
 * @param workUs WORK_US: cpu time of each request in microseconds
 * @param waitMs WAIT_MS: time that each request waits without using cpu, as for a database
 * @param slowShare SLOW_SHARE: share of requests, 0 to 1, that wait {@code slowMs} longer
 * @param slowMs SLOW_MS
 * @param errorShare ERROR_SHARE: share of requests, 0 to 1, that are answered 500
 * @param leakKib LEAK_KIB: memory in KiB, outside the heap, that each request takes and never gives back
 */
record SampleSettings(
        int port,
        String version,
        long startMs,
        long workUs,
        long waitMs,
        double slowShare,
        long slowMs,
        double errorShare,
        long leakKib) {
    /** @throws IllegalArgumentException naming the variable that is wrong */
    static SampleSettings of(Map<String, String> env) {
        return new SampleSettings(
                (int) number(env, "PORT", 8080, 65_535),
                env.getOrDefault("VERSION", "unknown").replaceAll("[^A-Za-z0-9._-]", "_"),
                (long) number(env, "START_MS", 0, 60_000),
                (long) number(env, "WORK_US", 0, 10_000_000),
                (long) number(env, "WAIT_MS", 0, 60_000),
                number(env, "SLOW_SHARE", 0, 1),
                (long) number(env, "SLOW_MS", 0, 60_000),
                number(env, "ERROR_SHARE", 0, 1),
                (long) number(env, "LEAK_KIB", 0, 65_536));
    }

    private static double number(Map<String, String> env, String name, double otherwise, double max) {
        String text = env.get(name);
        if (text == null || text.isBlank()) {
            return otherwise;
        }
        try {
            double value = Double.parseDouble(text.strip());
            if (value >= 0 && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // refused below
        }
        throw new IllegalArgumentException(name + "=" + text + " is not a number of 0 to " + max);
    }
}

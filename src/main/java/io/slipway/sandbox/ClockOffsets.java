package io.slipway.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How far clocks of a container are ahead of the host's, in seconds; negative: behind. The time of day has none: it is always the host's
 * (time_namespaces(7)).
 *
 * @param monotonicSeconds of CLOCK_MONOTONIC, by which programs measure
 * @param boottimeSeconds of CLOCK_BOOTTIME, which is also what /proc/uptime shows
 */
public record ClockOffsets(long monotonicSeconds, long boottimeSeconds) {
    /** Those of the host; no time namespace is made. */
    public static final ClockOffsets NONE = new ClockOffsets(0, 0);

    /** 146 years: half of what the kernel's clocks can count (kernel/time/namespace.c). */
    private static final long SECONDS_MAX = 4_611_686_018L;

    public ClockOffsets {
        check("monotonic", monotonicSeconds);
        check("boottime", boottimeSeconds);
    }

    private static void check(String clock, long seconds) {
        if (seconds > SECONDS_MAX || seconds < -SECONDS_MAX) {
            throw new IllegalArgumentException("the " + clock + " clock cannot be " + seconds
                    + " s ahead of the host's: 146 years (" + SECONDS_MAX + " s) at most, ahead or behind");
        }
    }

    /** As {@code boottime 60 s behind}; only of those that are not the host's. */
    String text() {
        return Stream.of(text("monotonic", monotonicSeconds), text("boottime", boottimeSeconds))
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(", "));
    }

    private static String text(String clock, long seconds) {
        return seconds == 0 ? "" : clock + " " + Math.abs(seconds) + " s " + (seconds < 0 ? "behind" : "ahead");
    }

    /** What is written to /proc/PID/timens_offsets. */
    byte[] file() {
        String text = "monotonic " + monotonicSeconds + " 0\nboottime " + boottimeSeconds + " 0\n";
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

package io.slipway.release;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations, sizes and shares as service files write them: always with a unit. */
public final class Units {
    private static final Pattern DURATION =
            Pattern.compile("(?:(\\d{1,4})d)?(?:(\\d{1,5})h)?(?:(\\d{1,6})m(?!s))?(?:(\\d{1,7})s)?(?:(\\d{1,9})ms)?");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,16})(KiB|MiB|GiB|TiB)");
    private static final Pattern SHARE = Pattern.compile("(\\d{1,6}(?:\\.\\d{1,6})?)(%|pp)");
    private static final Map<String, Integer> SHIFT = Map.of("KiB", 10, "MiB", 20, "GiB", 30, "TiB", 40);

    private Units() {}

    /** A share of something, or a difference in percentage points. {@code value} 0.05 is 5 %. */
    record Share(double value, boolean points) {}

    /** {@code 500ms}, {@code 10s}, {@code 5m}, {@code 24h}, {@code 7d}, {@code 1h30m}; empty when it is none. */
    public static Optional<Duration> duration(String text) {
        Matcher it = DURATION.matcher(text);
        if (text.isEmpty() || !it.matches()) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofDays(number(it, 1))
                .plusHours(number(it, 2))
                .plusMinutes(number(it, 3))
                .plusSeconds(number(it, 4))
                .plusMillis(number(it, 5)));
    }

    /** {@code 256MiB} in bytes, below 8388608TiB; powers of 1024 only, since that is what the kernel counts in. */
    public static Optional<Long> bytes(String text) {
        Matcher it = SIZE.matcher(text);
        if (!it.matches()) {
            return Optional.empty();
        }
        long count = Long.parseLong(it.group(1));
        int shift = SHIFT.getOrDefault(it.group(2), 0);
        return count <= Long.MAX_VALUE >> shift ? Optional.of(count << shift) : Optional.empty();
    }

    static Optional<Share> share(String text) {
        Matcher it = SHARE.matcher(text);
        return it.matches()
                ? Optional.of(new Share(
                        new BigDecimal(it.group(1)).movePointLeft(2).doubleValue(),
                        it.group(2).equals("pp")))
                : Optional.empty();
    }

    /** As {@link #duration(String)} reads it. */
    public static String render(Duration duration) {
        StringBuilder text = new StringBuilder();
        append(text, duration.toHours(), "h");
        append(text, duration.toMinutesPart(), "m");
        append(text, duration.toSecondsPart(), "s");
        append(text, duration.toMillisPart(), "ms");
        return text.isEmpty() ? "0s" : text.toString();
    }

    /** As {@link #bytes(String)} reads it; bytes must be whole KiB. */
    public static String renderBytes(long bytes) {
        if (bytes % (1L << 30) == 0) {
            return (bytes >> 30) + "GiB";
        }
        return bytes % (1L << 20) == 0 ? (bytes >> 20) + "MiB" : (bytes >> 10) + "KiB";
    }

    /** 0.05 as {@code 5}. */
    public static String renderShare(double value) {
        return BigDecimal.valueOf(value).movePointRight(2).stripTrailingZeros().toPlainString();
    }

    private static void append(StringBuilder text, long count, String unit) {
        if (count > 0) {
            text.append(count).append(unit);
        }
    }

    private static long number(Matcher it, int group) {
        return it.group(group) == null ? 0 : Long.parseLong(it.group(group));
    }
}

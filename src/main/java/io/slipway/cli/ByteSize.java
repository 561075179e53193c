package io.slipway.cli;

import io.slipway.release.Units;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as options take them. */
final class ByteSize {
    private static final Pattern CLOSE = Pattern.compile(
            "([0-9]{1,15}(?:\\.[0-9]{1,6})?) ?(?:([kmgt])(?:i?b)?|b|bytes?)?", Pattern.CASE_INSENSITIVE);
    private static final Map<String, Integer> SHIFT = Map.of("K", 10, "M", 20, "G", 30, "T", 40);
    private static final Pattern WHOLE = Pattern.compile("[0-9]+(KiB|MiB|GiB|TiB)");

    private ByteSize() {}

    /** @param option with what stands between it and the size, e.g. {@code "--memory "} */
    static long parse(String option, String text) {
        return Units.bytes(text).orElseThrow(() -> new CommandFailed(ExitCode.USAGE, option + text + why(text)));
    }

    private static String why(String text) {
        if (WHOLE.matcher(text).matches()) {
            return " is more than can be counted, which ends below 8388608TiB";
        }
        return " is not a size: write a whole number and KiB, MiB, GiB or TiB, as 64MiB" + meant(text);
    }

    private static String meant(String text) {
        Matcher close = CLOSE.matcher(text);
        if (!close.matches()) {
            return "";
        }
        String unit = close.group(2) == null ? "" : close.group(2).toUpperCase(Locale.ROOT);
        BigDecimal factor = new BigDecimal(1L << SHIFT.getOrDefault(unit, 0));
        BigDecimal bytes = new BigDecimal(close.group(1)).multiply(factor);
        boolean whole = bytes.remainder(BigDecimal.valueOf(1024)).signum() == 0 && bytes.signum() > 0;
        return whole && bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0
                ? "; did you mean " + Units.renderBytes(bytes.longValueExact()) + "?"
                : "";
    }
}

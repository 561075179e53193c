package io.slipway.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Sizes as Docker prints them: three digits, powers of 1000. */
final class DecimalSize {
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB"};

    private DecimalSize() {}

    static String of(long bytes) {
        double size = bytes;
        int unit = 0;
        while (size >= 1000 && unit < UNITS.length - 1) {
            size /= 1000;
            unit++;
        }
        BigDecimal rounded = BigDecimal.valueOf(size).round(new MathContext(3, RoundingMode.HALF_EVEN));
        String digits =
                rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
        return digits + UNITS[unit];
    }
}

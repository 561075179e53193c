package io.slipway.dashboard;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Figures for people: with their unit, and no more digits than mean something. */
final class Figures {
    static final String NONE = "–";
    private static final int DIGITS = 3;
    private static final int DECIMALS_MAX = 6;
    private static final long KIB = 1024;

    private Figures() {}

    /** A length that was declared: {@code 90 s}, and not {@code 1 min}. */
    static String declared(Duration d) {
        long s = d.toSeconds();
        boolean whole = s < 60 || s % 60 == 0 || s >= 10 * 60;
        return whole ? duration(d) : s < 120 ? s + " s" : s / 60 + " min " + s % 60 + " s";
    }

    /** The two largest units that matter: {@code 2 h 30 min}, {@code 45 s}. */
    static String duration(Duration d) {
        long s = Math.max(0, d.toSeconds());
        if (s < 60) {
            return s + " s";
        }
        if (s < 3600) {
            return s / 60 + " min";
        }
        if (s < 48 * 3600) {
            return s / 3600 + " h" + (s % 3600 / 60 == 0 || s >= 10 * 3600 ? "" : " " + s % 3600 / 60 + " min");
        }
        return s / 86_400 + " days";
    }

    static String ms(double ms) {
        return Double.isFinite(ms) ? digits(ms) + " ms" : NONE;
    }

    /** A share of 0 to 1. */
    static String percent(double share) {
        return Double.isFinite(share) ? digits(share * 100) + "%" : NONE;
    }

    /** A difference of shares, in points. */
    static String points(double difference) {
        return Double.isFinite(difference) ? signed(difference * 100) + " pp" : NONE;
    }

    static String change(double relative) {
        return Double.isFinite(relative) ? signed(relative * 100) + "%" : NONE;
    }

    /** Costs per request are too small to read; per million they are not. */
    static String perMillion(double costPerRequest) {
        return Double.isFinite(costPerRequest) ? digits(costPerRequest * 1e6) + " per 1M" : NONE;
    }

    /** Of money, where there is one. */
    static String amount(Optional<Double> amount) {
        return amount.filter(Double::isFinite).map(Figures::digits).orElse(NONE);
    }

    static String number(double value) {
        return Double.isFinite(value) ? digits(value) : "unknown";
    }

    static String bytes(long bytes) {
        if (bytes >= KIB * KIB * KIB) {
            return digits((double) bytes / (KIB * KIB * KIB)) + " GiB";
        }
        return bytes >= KIB * KIB ? bytes / (KIB * KIB) + " MiB" : bytes / KIB + " KiB";
    }

    static String count(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    private static String signed(double value) {
        return (value > 0 ? "+" : "") + digits(value);
    }

    /** Three significant digits, as a plain number; thousands are kept whole. */
    private static String digits(double value) {
        if (Math.abs(value) >= 1000) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        BigDecimal exact = BigDecimal.valueOf(value);
        BigDecimal rounded = exact.setScale(
                Math.max(0, Math.min(DECIMALS_MAX, DIGITS - exact.precision() + exact.scale())), RoundingMode.HALF_UP);
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }
}

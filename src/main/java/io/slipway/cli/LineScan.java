package io.slipway.cli;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads a line that is written in the usual way: the known fields, no escapes, no more than 15 digits a number. Ten times as quick as a JSON parser,
 * which gets everything else. A day of seconds is 100 MB.
 */
final class LineScan {
    private static final int DIGITS_MAX = 15;
    private static final double[] POWERS = {
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };

    private byte[] bytes = new byte[0];
    private int at;
    private int end;
    private boolean isUsual;
    private double[] buckets = new double[192];

    /**
     * Null when the line is not in the usual form, which does not mean that it is wrong. The line's buckets hold until the next one.
     *
     * @param limit where the data end; the line may end before, by a line feed
     */
    @Nullable
    RecordedLine read(byte[] data, int from, int limit) {
        bytes = data;
        at = from;
        end = limit;
        isUsual = true;
        RecordedLine read = new RecordedLine();
        expect('{');
        do {
            field(read);
        } while (isUsual && skip(','));
        expect('}');
        space();
        return isUsual && (at == end || bytes[at] == '\n') ? read : null;
    }

    /** After a line was read: where it ended. */
    int ended() {
        return at;
    }

    private void field(RecordedLine line) {
        expect('"');
        int from = at;
        while (at < end && bytes[at] != '"') {
            at++;
        }
        int length = at - from;
        expect('"');
        expect(':');
        space();
        if (is(from, length, "t")) {
            line.time = text();
        } else if (is(from, length, "seconds")) {
            line.seconds = number();
        } else if (is(from, length, "requests")) {
            line.requests = number();
            line.isWindow = true;
        } else if (is(from, length, "errors")) {
            line.errors = number();
        } else if (is(from, length, "latencyMs")) {
            latency(line);
        } else if (is(from, length, "cpuSeconds")) {
            line.cpuSeconds = number();
        } else if (is(from, length, "memoryByteSeconds")) {
            line.memoryByteSeconds = number();
        } else if (is(from, length, "egressBytes")) {
            line.egressBytes = number();
        } else if (is(from, length, "crashes")) {
            line.crashes = number();
        } else if (is(from, length, "oomKills")) {
            line.oomKills = number();
        } else if (is(from, length, "replicas")) {
            line.replicas = number();
        } else if (is(from, length, "status")) {
            line.status = number();
        } else if (is(from, length, "arm")) {
            line.arm = text();
        } else if (is(from, length, "host")) {
            line.host = text();
        } else {
            isUsual = false;
        }
    }

    private boolean is(int from, int length, String name) {
        if (length != name.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (bytes[from + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void latency(RecordedLine line) {
        if (at >= end || bytes[at] != '[') {
            line.latencyMs = number();
            return;
        }
        at++;
        int n = 0;
        while (isUsual && skip('[')) {
            if (n + 3 > buckets.length) {
                buckets = Arrays.copyOf(buckets, 2 * buckets.length);
            }
            if (plain(n)) {
                n += 3;
                continue;
            }
            buckets[n++] = number();
            expect(',');
            buckets[n++] = number();
            expect(',');
            buckets[n++] = number();
            expect(']');
            if (!skip(',')) {
                break;
            }
        }
        expect(']');
        line.buckets = buckets;
        line.bucketNumbers = n;
        // A comma before the end is an error, which the parser words.
        isUsual &= n == 0 || bytes[before(at - 1)] == ']';
    }

    /** A bucket without spaces, signs or exponents, and the comma after it: most of a file. False, and nothing is read, when it is not like that. */
    private boolean plain(int n) {
        int from = at;
        if (plain(n, ',') && plain(n + 1, ',') && plain(n + 2, ']') && at < end && bytes[at] == ',') {
            at++;
            return true;
        }
        at = from;
        return false;
    }

    private boolean plain(int n, char after) {
        byte[] b = bytes;
        int from = at;
        int stop = end;
        int p = from;
        int point = -1;
        long mantissa = 0;
        byte c = 0;
        while (p < stop) {
            c = b[p];
            if (c >= '0' && c <= '9') {
                mantissa = mantissa * 10 + (c - '0');
            } else if (c == '.' && point < 0 && p > from) {
                point = p + 1;
            } else {
                break;
            }
            p++;
        }
        int digits = point < 0 ? p - from : p - from - 1;
        boolean leadingZero = digits > 1 && b[from] == '0' && point != from + 2;
        if (c != after || p == stop || digits == 0 || digits > DIGITS_MAX || point == p || leadingZero) {
            return false;
        }
        buckets[n] = point < 0 ? mantissa : mantissa / POWERS[p - point];
        at = p + 1;
        return true;
    }

    /** The place of what is before a place, spaces aside. */
    private int before(int place) {
        int i = place - 1;
        while (bytes[i] == ' ') {
            i--;
        }
        return i;
    }

    private @Nullable String text() {
        expect('"');
        int from = at;
        while (at < end && bytes[at] != '"') {
            isUsual &= bytes[at] >= ' ' && bytes[at] != '\\';
            at++;
        }
        int length = at - from;
        expect('"');
        return isUsual ? new String(bytes, from, length, StandardCharsets.ISO_8859_1) : null;
    }

    /** Exact: a whole number below 2^53 over a power of ten is rounded once. */
    private double number() {
        space();
        boolean negative = at < end && bytes[at] == '-';
        at += negative ? 1 : 0;
        int begin = at;
        long mantissa = digits(0);
        int whole = at - begin;
        boolean leadingZero = whole > 1 && bytes[begin] == '0';
        int scale = 0;
        int used = whole;
        if (at < end && bytes[at] == '.') {
            int from = ++at;
            mantissa = digits(mantissa);
            scale = at - from;
            used += scale;
            isUsual &= scale > 0;
        }
        int exponent = exponent() - scale;
        isUsual &= whole > 0 && !leadingZero && used <= DIGITS_MAX && Math.abs(exponent) < POWERS.length;
        if (!isUsual) {
            return Double.NaN;
        }
        double value = exponent < 0 ? mantissa / POWERS[-exponent] : mantissa * POWERS[exponent];
        // The parser tells -0 from -0.0.
        isUsual &= !negative || value != 0;
        return negative ? -value : value;
    }

    private long digits(long before) {
        long value = before;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            value = value * 10 + (bytes[at++] - '0');
        }
        return value;
    }

    private int exponent() {
        if (at >= end || (bytes[at] | ' ') != 'e') {
            return 0;
        }
        at++;
        boolean negative = at < end && bytes[at] == '-';
        at += negative || (at < end && bytes[at] == '+') ? 1 : 0;
        int from = at;
        long value = digits(0);
        isUsual &= at > from && at - from <= 3;
        return (int) (negative ? -value : value);
    }

    private void expect(char c) {
        isUsual &= skip(c);
    }

    private boolean skip(char c) {
        space();
        if (at < end && bytes[at] == c) {
            at++;
            return true;
        }
        return false;
    }

    private void space() {
        while (at < end && (bytes[at] == ' ' || bytes[at] == '\r' || bytes[at] == '\t')) {
            at++;
        }
    }
}

package io.slipway.linux;

import io.slipway.base.TerminalText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Text as strace(1) quotes it: on one line, and with nothing in it that a terminal would obey. */
final class Quoted {
    private Quoted() {}

    static String text(String text) {
        return '"' + escaped(text) + '"';
    }

    /** At most so many bytes of it, then three dots. UTF-8 is left readable. */
    static String text(byte[] bytes, int atMost) {
        boolean cut = bytes.length > atMost;
        String shown = new String(cut ? Arrays.copyOf(bytes, atMost) : bytes, StandardCharsets.UTF_8);
        return text(shown) + (cut ? "..." : "");
    }

    /** Without the quotes. */
    static String escaped(String text) {
        StringBuilder shown = new StringBuilder();
        int[] points = text.codePoints().toArray();
        for (int i = 0; i < points.length; i++) {
            boolean digitFollows = i + 1 < points.length && points[i + 1] >= '0' && points[i + 1] <= '7';
            append(shown, points[i], digitFollows);
        }
        return shown.toString();
    }

    private static void append(StringBuilder shown, int point, boolean digitFollows) {
        switch (point) {
            case '"', '\\' -> shown.append('\\').append((char) point);
            case '\n' -> shown.append("\\n");
            case '\t' -> shown.append("\\t");
            case '\r' -> shown.append("\\r");
            default -> {
                if (TerminalText.isObeyed(point)) {
                    octal(shown, point, digitFollows);
                } else {
                    shown.appendCodePoint(point);
                }
            }
        }
    }

    /** Byte by byte; with three digits where another one would be read as part of it. */
    private static void octal(StringBuilder shown, int point, boolean digitFollows) {
        for (byte one : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
            shown.append('\\').append(String.format(digitFollows ? "%03o" : "%o", one & 0xff));
        }
    }
}

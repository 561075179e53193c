package io.slipway.linux;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Text as strace(1) quotes it. */
final class Quoted {
    private Quoted() {}

    static String text(String text) {
        return text(text.getBytes(StandardCharsets.UTF_8), Integer.MAX_VALUE);
    }

    /** At most so many bytes of it, then three dots. UTF-8 is left readable. */
    static String text(byte[] bytes, int atMost) {
        boolean cut = bytes.length > atMost;
        String shown = new String(cut ? Arrays.copyOf(bytes, atMost) : bytes, StandardCharsets.UTF_8);
        StringBuilder quoted = new StringBuilder("\"");
        shown.codePoints().forEach(point -> append(quoted, point));
        return quoted.append(cut ? "\"..." : "\"").toString();
    }

    private static void append(StringBuilder quoted, int point) {
        switch (point) {
            case '"', '\\' -> quoted.append('\\').append((char) point);
            case '\n' -> quoted.append("\\n");
            case '\t' -> quoted.append("\\t");
            case '\r' -> quoted.append("\\r");
            default -> {
                if (Character.isISOControl(point)) {
                    quoted.append('\\').append(Integer.toOctalString(point));
                } else {
                    quoted.appendCodePoint(point);
                }
            }
        }
    }
}

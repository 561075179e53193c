package io.slipway.sandbox.script;

import io.slipway.linux.CallResult;
import java.util.ArrayList;
import java.util.List;

/** Words of a shell, and the arguments of calls as an explanation shows them, read back. */
final class ShellWord {
    private static final String DECODED = "ntr\"\\";
    private static final String MEANING = "\n\t\r\"\\";

    private ShellWord() {}

    /** As one word, whatever it holds. */
    static String quoted(String text) {
        return text.matches("[A-Za-z0-9_./:=,+@%-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    /** A text argument without its quotes; empty for NULL. */
    static String text(CallResult call, int index) {
        String shown = call.arguments().get(index);
        return shown.startsWith("\"") ? unquoted(shown.substring(1, shown.lastIndexOf('"'))) : "";
    }

    /** What a descriptor is of; empty for AT_FDCWD. */
    static String object(CallResult call, int index) {
        String shown = call.arguments().get(index);
        int begin = shown.indexOf('<');
        return begin < 0 ? "" : shown.substring(begin + 1, shown.length() - 1);
    }

    /** An array of texts. */
    static List<String> texts(CallResult call, int index) {
        String shown = call.arguments().get(index);
        List<String> texts = new ArrayList<>();
        int at = shown.indexOf('"');
        while (at >= 0) {
            int end = at + 1;
            while (shown.charAt(end) != '"') {
                end += shown.charAt(end) == '\\' ? 2 : 1;
            }
            texts.add(unquoted(shown.substring(at + 1, end)));
            at = shown.indexOf('"', end + 1);
        }
        return texts;
    }

    private static String unquoted(String shown) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < shown.length(); i++) {
            char c = shown.charAt(i);
            if (c != '\\') {
                text.append(c);
            } else if (DECODED.indexOf(shown.charAt(i + 1)) >= 0) {
                text.append(MEANING.charAt(DECODED.indexOf(shown.charAt(++i))));
            } else {
                // Octal, as long as there are digits.
                int value = 0;
                int end = i + 1;
                while (end < shown.length() && end < i + 4 && shown.charAt(end) >= '0' && shown.charAt(end) <= '7') {
                    value = value * 8 + shown.charAt(end++) - '0';
                }
                text.append((char) value);
                i = end - 1;
            }
        }
        return text.toString();
    }
}

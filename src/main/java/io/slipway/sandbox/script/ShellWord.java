package io.slipway.sandbox.script;

import io.slipway.base.TerminalText;
import io.slipway.linux.CallResult;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Words of a shell, and the arguments of calls as an explanation shows them, read back. */
final class ShellWord {
    private static final String DECODED = "ntr\"\\";
    private static final String MEANING = "\n\t\r\"\\";

    private ShellWord() {}

    /**
     * As one word, whatever it holds. What is not to be seen is named by a variable of the script or by printf(1): a line end within quotes could
     * end a here-document that the word stands in, and so have the rest of the word executed.
     */
    static String quoted(String text) {
        if (text.matches("[A-Za-z0-9_./:=,+@%-]+")) {
            return text;
        }
        StringBuilder word = new StringBuilder("'");
        text.codePoints().forEach(point -> {
            if (point == '\'') {
                word.append("'\\''");
            } else if (point == '\n') {
                word.append("'\"$nl\"'");
            } else if (TerminalText.isObeyed(point)) {
                word.append("'\"$(printf '").append(octal(point)).append("')\"'");
            } else {
                word.appendCodePoint(point);
            }
        });
        return word.append('\'').toString();
    }

    private static String octal(int point) {
        StringBuilder bytes = new StringBuilder();
        for (byte one : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
            bytes.append(String.format("\\%03o", one & 0xff));
        }
        return bytes.toString();
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
        return begin < 0 ? "" : unquoted(shown.substring(begin + 1, shown.length() - 1));
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
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        int i = 0;
        while (i < shown.length()) {
            char c = shown.charAt(i++);
            if (c != '\\') {
                int point = shown.codePointAt(i - 1);
                text.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
                i += Character.charCount(point) - 1;
            } else if (DECODED.indexOf(shown.charAt(i)) >= 0) {
                text.write(MEANING.charAt(DECODED.indexOf(shown.charAt(i++))));
            } else {
                // A byte in octal, as long as there are digits.
                int end = i;
                while (end < shown.length() && end < i + 3 && shown.charAt(end) >= '0' && shown.charAt(end) <= '7') {
                    end++;
                }
                text.write(Integer.parseInt(shown.substring(i, end), 8));
                i = end;
            }
        }
        return text.toString(StandardCharsets.UTF_8);
    }
}

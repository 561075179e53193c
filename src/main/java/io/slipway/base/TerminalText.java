package io.slipway.base;

/** Text of strangers as a terminal may show it: nothing in it that a terminal, or the order in which letters are shown, would obey. */
public final class TerminalText {
    private TerminalText() {}

    /** Whether it is not shown but obeyed: control characters of ASCII and of Latin-1 (ECMA-48), line separators, marks of direction (UAX 9). */
    public static boolean isObeyed(int codePoint) {
        return Character.isISOControl(codePoint)
                || codePoint == 0x061c
                || (codePoint >= 0x200e && codePoint <= 0x200f)
                || (codePoint >= 0x2028 && codePoint <= 0x202e)
                || (codePoint >= 0x2066 && codePoint <= 0x2069);
    }

    /** One line of it: a space for each that would be obeyed. */
    public static String line(String text) {
        return text.codePoints().anyMatch(TerminalText::isObeyed)
                ? text.codePoints()
                        .map(point -> isObeyed(point) ? ' ' : point)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString()
                : text;
    }

    /** The same, with its line ends and tabs. */
    public static String lines(String text) {
        return text.codePoints()
                .map(point -> isObeyed(point) && point != '\n' && point != '\t' ? ' ' : point)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** A JSON document in which each is written by its number: the same document. */
    public static String json(String document) {
        StringBuilder text = new StringBuilder(document.length());
        document.codePoints().forEach(point -> {
            // What lies between its values is white space of its own.
            if (isObeyed(point) && point > ' ') {
                text.append(String.format("\\u%04X", point));
            } else {
                text.appendCodePoint(point);
            }
        });
        return text.toString();
    }
}

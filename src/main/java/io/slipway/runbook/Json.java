package io.slipway.runbook;

import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Canonical JSON: keys in the order given, no spaces, only what RFC 8259 requires escaped, besides all that is not printable ASCII text. */
final class Json {
    private Json() {}

    /** Maps, collections, strings, whole numbers, booleans, null, and {@link Raw} are written; others by their text. */
    static String of(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        write(out, value);
        return out.toString();
    }

    /** JSON already. */
    record Raw(String json) {}

    private static void write(StringBuilder out, @Nullable Object value) {
        switch (value) {
            case null -> out.append("null");
            case Raw raw -> out.append(raw.json());
            case Map<?, ?> map -> object(out, map);
            case Collection<?> items -> array(out, items);
            case Integer number -> out.append(number);
            case Long number -> out.append(number);
            case Boolean flag -> out.append(flag);
            default -> string(out, value.toString());
        }
    }

    private static void object(StringBuilder out, Map<?, ?> map) {
        out.append('{');
        Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<?, ?> entry = entries.next();
            string(out, String.valueOf(entry.getKey()));
            out.append(':');
            write(out, entry.getValue());
            out.append(entries.hasNext() ? "," : "");
        }
        out.append('}');
    }

    private static void array(StringBuilder out, Collection<?> items) {
        out.append('[');
        Iterator<?> iterator = items.iterator();
        while (iterator.hasNext()) {
            write(out, iterator.next());
            out.append(iterator.hasNext() ? "," : "");
        }
        out.append(']');
    }

    private static void string(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    boolean plain = c >= 0x20 && c < 0x7f && c != '<' && c != '>' && c != '&';
                    out.append(plain ? String.valueOf(c) : String.format("\\u%04x", (int) c));
                }
            }
        }
        out.append('"');
    }
}

package io.slipway.sandbox.json;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.io.ContentReference;

/**
 * What is wrong with a text that is no JSON (RFC 8259), or not what was expected, and where: by line, column and the nearest names. The parser's own
 * messages quote the text, which may be a secret, and tell of settings of its own; so they are only looked at, and never passed on.
 */
public final class JsonFault {
    private static final Pattern EXPECTED = Pattern.compile("was expecting ([A-Za-z ,()/'\"\\[\\]{}:-]+)");
    private static final String WRONG_BRACKET = "Unexpected close marker";
    private static final String IN_NUMBER = "in numeric value";
    private static final String NO_NUMBER = "a number is not written as JSON has it, as -12.5e3";
    /** Beginnings of the parser's messages, in the order in which they are looked for. */
    private static final List<Map.Entry<String, String>> KINDS = List.of(
            Map.entry(WRONG_BRACKET, "what was begun is closed by the wrong bracket"),
            Map.entry("Duplicate ", "the name is there twice"),
            Map.entry(
                    "Illegal unquoted character",
                    "a control character in a text must be written as \\n, \\t or \\u0000"),
            Map.entry(
                    "Unrecognized character escape", "behind \\ there may be one of \"\\/bfnrt and u with four digits"),
            Map.entry("Invalid UTF-8", "the bytes are not UTF-8"),
            Map.entry("Invalid numeric value: Leading zeroes", "a number begins with 0"),
            Map.entry("Invalid numeric value", NO_NUMBER),
            Map.entry("Document nesting depth", "it is nested more deeply than is read, 64 or 500 times"),
            Map.entry("it goes on after its end", "it goes on after its end"));

    private JsonFault() {}

    /** E.g. {@code in line 3, column 14: there should be a comma}. */
    public static String of(JacksonException fault) {
        return of(fault, names(fault), "");
    }

    /** As {@link #of(JacksonException)}, with the names that the parser was at: {@code in line 3, column 14, near process.args[1]: ...}. */
    public static String of(JacksonException fault, JsonParser parser) {
        return of(fault, path(parser.streamReadContext()), begun(parser.streamReadContext()));
    }

    private static String of(JacksonException fault, String path, String begun) {
        TokenStreamLocation at = fault.getLocation();
        String where = at == null || at.getLineNr() < 1
                ? ""
                : "in line " + at.getLineNr() + ", column " + Math.max(1, at.getColumnNr());
        String near = path.isEmpty() ? "" : (where.isEmpty() ? "at " : ", near ") + path;
        return where + near + (where.isEmpty() && near.isEmpty() ? "" : ": ") + what(fault, begun);
    }

    private static String what(JacksonException fault, String begun) {
        String message = String.valueOf(fault.getOriginalMessage());
        if (fault instanceof UnexpectedEndOfInputException) {
            return "it ends before its end" + begun;
        }
        for (Map.Entry<String, String> kind : KINDS) {
            if (message.startsWith(kind.getKey())) {
                return kind.getValue() + (kind.getKey().equals(WRONG_BRACKET) ? begun : "");
            }
        }
        if (message.contains(IN_NUMBER)) {
            return NO_NUMBER;
        }
        Matcher expected = EXPECTED.matcher(message);
        return expected.find()
                ? "there should be " + expected.group(1).strip()
                : "there is something else than is expected";
    }

    /** Of the object or list that the parser was in. */
    private static String begun(@Nullable TokenStreamContext context) {
        if (context == null || context.inRoot()) {
            return "";
        }
        TokenStreamLocation at = context.startLocation(ContentReference.unknown());
        return "; the " + (context.inArray() ? "list" : "object") + " begun in line " + at.getLineNr() + ", column "
                + at.getColumnNr() + " is still open";
    }

    /** Of the value that the parser was in, or just behind. */
    private static String path(@Nullable TokenStreamContext context) {
        StringBuilder path = new StringBuilder();
        for (TokenStreamContext at = context; at != null && !at.inRoot(); at = at.getParent()) {
            if (at.inArray()) {
                path.insert(0, "[" + Math.max(0, at.getCurrentIndex()) + "]");
            } else {
                path.insert(
                        0,
                        Optional.ofNullable(at.currentName())
                                .map(name -> "." + name)
                                .orElse(""));
            }
        }
        return path.isEmpty() || path.charAt(0) != '.' ? path.toString() : path.substring(1);
    }

    /** Of a value that could not be bound. */
    private static String names(JacksonException fault) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference at : fault.getPath()) {
            path.append(at.getPropertyName() == null ? "[" + at.getIndex() + "]" : "." + at.getPropertyName());
        }
        return path.isEmpty() || path.charAt(0) != '.' ? path.toString() : path.substring(1);
    }
}

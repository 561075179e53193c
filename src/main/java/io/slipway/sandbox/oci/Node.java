package io.slipway.sandbox.oci;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A value in a JSON document together with where it stands, so that each complaint can say so. A null counts as missing, as Go writes it. */
final class Node {
    private static final Pattern HIDDEN = Pattern.compile("(^|\\.)(env|args)\\[|^annotations");
    private final String path;
    private final @Nullable Object value;

    Node(String path, @Nullable Object value) {
        this.path = path;
        this.value = value;
    }

    String path() {
        return path;
    }

    /** The value of a name, which may be missing. */
    Node at(String name) throws ConfigException {
        Object found = value == null ? null : map().get(name);
        return new Node(path.isEmpty() ? name : path + "." + name, found);
    }

    /** As {@link JsonDocument} reads it. */
    @Nullable
    Object value() {
        return value;
    }

    boolean present() {
        return value != null;
    }

    ConfigException wrong(String fix) {
        return new ConfigException(path, shown(), fix);
    }

    String text() throws ConfigException {
        if (value instanceof String text) {
            // The kernel would read only what lies before it, so two readers would see two values.
            if (text.indexOf(0) >= 0) {
                throw wrong("remove the NUL character");
            }
            if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
                throw wrong("remove the half of a surrogate pair: it is no text");
            }
            return text;
        }
        throw wrong("give a string");
    }

    Optional<String> optionalText() throws ConfigException {
        return present() ? Optional.of(text()) : Optional.empty();
    }

    /** An absolute path of at most 4095 bytes. */
    String absolutePath() throws ConfigException {
        String text = text();
        if (!text.startsWith("/")) {
            throw wrong("give an absolute path");
        }
        if (text.length() > 4095) {
            throw wrong("give a path of at most 4095 bytes");
        }
        return text;
    }

    boolean flag() throws ConfigException {
        if (value == null) {
            return false;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong("give true or false");
    }

    long integer(long min, long max) throws ConfigException {
        if (value instanceof BigDecimal number
                && number.stripTrailingZeros().scale() <= 0
                && number.compareTo(BigDecimal.valueOf(min)) >= 0
                && number.compareTo(BigDecimal.valueOf(max)) <= 0) {
            return number.longValueExact();
        }
        throw wrong("give a whole number from " + min + " to " + max);
    }

    /** An unsigned 64-bit number; values of 2^63 and above come as negative ones, as the kernel's structures have them. */
    long unsigned() throws ConfigException {
        BigDecimal limit = BigDecimal.valueOf(2).pow(64);
        if (value instanceof BigDecimal number
                && number.stripTrailingZeros().scale() <= 0
                && number.signum() >= 0
                && number.compareTo(limit) < 0) {
            return number.toBigInteger().longValue();
        }
        throw wrong("give a whole number from 0 to 18446744073709551615");
    }

    OptionalLong optionalInteger(long min, long max) throws ConfigException {
        return present() ? OptionalLong.of(integer(min, max)) : OptionalLong.empty();
    }

    /** An id of a user or group: 0 to 4294967294 (the last one means 'none' to the kernel). */
    int id() throws ConfigException {
        return (int) integer(0, 0xfffffffeL);
    }

    List<Node> list() throws ConfigException {
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw wrong("give a list");
        }
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            nodes.add(new Node(path + "[" + i + "]", list.get(i)));
        }
        return nodes;
    }

    List<String> texts() throws ConfigException {
        List<String> texts = new ArrayList<>();
        for (Node node : list()) {
            texts.add(node.text());
        }
        return List.copyOf(texts);
    }

    /** Names and values of an object of any names. */
    Map<String, Node> entries() throws ConfigException {
        Map<String, Node> entries = new LinkedHashMap<>();
        if (value != null) {
            for (Map.Entry<?, ?> entry : map().entrySet()) {
                String name = String.valueOf(entry.getKey());
                entries.put(name, new Node(path + "[\"" + name + "\"]", entry.getValue()));
            }
        }
        return entries;
    }

    private Map<?, ?> map() throws ConfigException {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw wrong("give an object");
    }

    private String shown() {
        return switch (value) {
            case null -> "missing";
            // It may be a secret.
            case String text when HIDDEN.matcher(path).find() -> "a text of " + text.length() + " characters";
            case String text -> '"' + text.replaceAll("\\p{Cntrl}", "?") + '"';
            case Map<?, ?> map -> "an object";
            case List<?> list -> "a list";
            default -> value.toString();
        };
    }
}

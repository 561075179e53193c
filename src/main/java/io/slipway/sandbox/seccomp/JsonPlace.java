package io.slipway.sandbox.seccomp;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** A value in a JSON text, and where it stands there. Null counts as missing, as Go writes it for what is not set. */
record JsonPlace(String path, JsonNode node) {
    private static final int SHOWN = 60;

    /** A mapping's fields; refuses those that are not in {@code known}. */
    Map<String, JsonPlace> fields(String... known) {
        if (!node.isObject()) {
            throw wrong("must be an object, {...}");
        }
        Map<String, JsonPlace> fields = new TreeMap<>();
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            String at = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
            if (!List.of(known).contains(field.getKey())) {
                throw new InvalidProfile(
                        at, "there is no such field" + Nearest.hint(field.getKey(), new TreeSet<>(List.of(known))));
            }
            if (!field.getValue().isNull()) {
                fields.put(field.getKey(), new JsonPlace(at, field.getValue()));
            }
        }
        return fields;
    }

    List<JsonPlace> items() {
        if (!node.isArray()) {
            throw wrong("must be a list, [...]");
        }
        List<JsonPlace> items = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            items.add(new JsonPlace(path + "[" + i + "]", node.get(i)));
        }
        return items;
    }

    static List<JsonPlace> items(Map<String, JsonPlace> fields, String name) {
        return Optional.ofNullable(fields.get(name)).map(JsonPlace::items).orElse(List.of());
    }

    String text() {
        if (!node.isString()) {
            throw wrong("must be a text, \"...\"");
        }
        return node.stringValue();
    }

    /** A whole number from 0 to {@code 2^bits - 1}; one of 64 bits comes as an unsigned long. */
    long number(int bits) {
        BigInteger number = node.isIntegralNumber() ? node.bigIntegerValue() : BigInteger.ONE.negate();
        if (number.signum() < 0 || number.bitLength() > bits) {
            throw wrong("must be a whole number from 0 to "
                    + BigInteger.TWO.pow(bits).subtract(BigInteger.ONE));
        }
        return number.longValue();
    }

    InvalidProfile wrong(String problem) {
        String given = node.toString();
        String shown = given.length() > SHOWN ? given.substring(0, SHOWN) + "..." : given;
        return new InvalidProfile(path.isEmpty() ? "the whole" : path, shown + " " + problem);
    }
}

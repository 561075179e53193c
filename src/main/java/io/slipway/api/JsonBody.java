package io.slipway.api;

import io.slipway.base.NearestName;
import io.slipway.release.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A small JSON object of a request, read field by field, so that every mistake in it is named at once. */
final class JsonBody {
    private static final int DEPTH_MAX = 64;
    private static final int SHOWN_MAX = 200;
    private static final JsonMapper STRICT = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH_MAX)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final JsonNode root;
    private final List<Violation> violations = new ArrayList<>();

    private JsonBody(JsonNode root) {
        this.root = root;
    }

    /** @param known the fields that the operation takes */
    static JsonBody of(byte[] body, List<String> known) {
        JsonNode root = read(RequestText.of(body));
        if (!root.isObject()) {
            throw BadRequest.unreadable("The body must be a JSON object such as {\"" + known.getFirst()
                    + "\": …}, but it is " + root.getNodeType().name().toLowerCase(java.util.Locale.ROOT)
                    + ". Nothing was changed.");
        }
        JsonBody read = new JsonBody(root);
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (!known.contains(field.getKey())) {
                read.violation(field.getKey(), "is not a known field", NearestName.hint(field.getKey(), known));
            }
        }
        return read;
    }

    /** As {@link #of}, but an absent body counts as an empty object. */
    static JsonBody ofOptional(byte[] body, List<String> known) {
        return body.length == 0 ? new JsonBody(STRICT.createObjectNode()) : of(body, known);
    }

    /** Checks only that it is one well-formed JSON value without duplicate keys. */
    static void check(String json) {
        read(json);
    }

    private static JsonNode read(String json) {
        try {
            return STRICT.readTree(json);
        } catch (JacksonException malformed) {
            TokenStreamLocation at = malformed.getLocation();
            String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
            throw BadRequest.unreadable(
                    "The body is not well-formed JSON" + where + ": " + plain(malformed.getOriginalMessage())
                            + ". Nothing was changed. Mend it there and send it again.");
        }
    }

    /** Without what the parser says of its own places and settings. */
    private static String plain(@Nullable String message) {
        return String.valueOf(message)
                .replaceAll("\\s*\\(?(at |start marker at )?\\[Source: [^\\]]*\\]\\)?", "")
                .replaceAll("\\s*\\(`StreamReadConstraints[^)]*\\)(`\\))?", "")
                .replaceAll("[.:]+$", "");
    }

    Optional<String> text(String field) {
        JsonNode node = root.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        if (!node.isString()) {
            violation(field, "is not a string", "Write it in quotes.");
            return Optional.empty();
        }
        if (node.stringValue().indexOf('\0') >= 0) {
            violation(field, "holds a NUL character", "Leave it out.");
            return Optional.empty();
        }
        return Optional.of(node.stringValue().strip()).filter(text -> !text.isEmpty());
    }

    /** A list of strings; absent counts as empty. */
    List<String> texts(String field) {
        JsonNode node = root.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return List.of();
        }
        List<String> out = new ArrayList<>();
        boolean strings = node.isArray();
        for (JsonNode one : node) {
            strings &= one.isString();
            out.add(one.asString(""));
        }
        if (!strings) {
            violation(field, "is not a list of strings", "Write [\"one\", \"two\"].");
            return List.of();
        }
        return out;
    }

    /** A list of objects; absent counts as empty. */
    List<JsonNode> objects(String field) {
        JsonNode node = root.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return List.of();
        }
        List<JsonNode> out = new ArrayList<>();
        boolean objects = node.isArray();
        for (JsonNode one : node) {
            objects &= one.isObject();
            out.add(one);
        }
        if (!objects) {
            violation(field, "is not a list of objects", "Write [{…}, {…}].");
            return List.of();
        }
        return out;
    }

    String requiredText(String field, String fix) {
        Optional<String> given = text(field);
        if (given.isEmpty() && violations.stream().noneMatch(v -> v.field().equals(field))) {
            violation(field, "is missing or empty", fix);
        }
        return given.orElse("");
    }

    Optional<Integer> integer(String field, int min) {
        JsonNode node = root.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < min) {
            violation(field, "is not a whole number of at least " + min, "Write it as a number without quotes.");
            return Optional.empty();
        }
        return Optional.of(node.intValue());
    }

    void violation(String field, String problem, String fix) {
        String value = root.path(field).toString();
        violations.add(new Violation(
                field, value.length() > SHOWN_MAX ? value.substring(0, SHOWN_MAX) + "…" : value, problem, fix));
    }

    /** Refuses the request when anything was found wrong. */
    void finish() {
        if (!violations.isEmpty()) {
            throw BadRequest.invalid(violations);
        }
    }
}

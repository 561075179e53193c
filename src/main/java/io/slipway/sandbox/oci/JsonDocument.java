package io.slipway.sandbox.oci;

import io.slipway.sandbox.json.JsonFault;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/**
 * Reads a JSON document into maps, lists, texts, numbers, booleans and null. The streaming parser alone: data binding would take longer to load than
 * a container takes to start.
 */
final class JsonDocument {
    private static final int DEPTH_MAX = 64;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
            .build();

    private JsonDocument() {}

    /** @param what the document, for errors */
    static Node read(byte[] bytes, String what) throws OciException {
        Object root = tree(bytes, what);
        if (!(root instanceof Map)) {
            throw new OciException(what + " is not a JSON object; see the runtime specification's config.md");
        }
        return new Node("", root);
    }

    /** @throws OciException if it is no JSON, or more than one document */
    static @Nullable Object tree(byte[] bytes, String what) throws OciException {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            try {
                parser.nextToken();
                Object root = value(parser);
                if (parser.nextToken() != null) {
                    throw new StreamReadException(parser, "it goes on after its end");
                }
                return root;
            } catch (JacksonException e) {
                throw new OciException(what + " is not valid JSON " + JsonFault.of(e, parser), e);
            }
        }
    }

    /** Maps, lists, texts, numbers, booleans and null as JSON, indented as people read it. */
    static byte[] write(Object value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = FACTORY.createGenerator(new Indented(), bytes)) {
            write(value, out);
        }
        bytes.write('\n');
        return bytes.toByteArray();
    }

    private static void write(@Nullable Object value, JsonGenerator out) {
        switch (value) {
            case null -> out.writeNull();
            case Map<?, ?> map -> {
                out.writeStartObject();
                map.forEach((name, one) -> {
                    out.writeName(String.valueOf(name));
                    write(one, out);
                });
                out.writeEndObject();
            }
            case List<?> list -> {
                out.writeStartArray();
                list.forEach(one -> write(one, out));
                out.writeEndArray();
            }
            case BigDecimal number -> out.writeNumber(number);
            case Number number -> out.writeNumber(number.longValue());
            case Boolean flag -> out.writeBoolean(flag);
            default -> out.writeString(value.toString());
        }
    }

    /** With line breaks. */
    private static final class Indented extends ObjectWriteContext.Base {
        @Override
        public PrettyPrinter getPrettyPrinter() {
            return new DefaultPrettyPrinter();
        }
    }

    private static @Nullable Object value(JsonParser parser) {
        JsonToken token = parser.currentToken();
        if (token == null) {
            return null;
        }
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> list(parser);
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    /** A number that no field of ours could hold stays text, so that 1e999999999 costs nothing. */
    private static Object number(JsonParser parser) {
        String text = parser.getString();
        return text.length() > 40 || text.matches(".*[eE][+-]?[0-9]{4,}") ? text : new BigDecimal(text);
    }

    private static Map<String, @Nullable Object> object(JsonParser parser) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            object.put(name, value(parser));
        }
        return object;
    }

    private static List<@Nullable Object> list(JsonParser parser) {
        List<@Nullable Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(value(parser));
        }
        return list;
    }
}

package io.slipway.cli;

import io.slipway.base.Arm;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * One line as it is written: a window or a single request. Read token by token. A field that is not a number
 * where one is due counts as missing.
 */
final class RecordedLine {
    /** Loaded by the first line that is not written in the usual way. */
    private static final class Parser {
        static final JsonMapper JSON = JsonMapper.builder().build();
    }

    @Nullable
    String time;

    /** Of a recording that holds both. */
    @Nullable
    String arm;

    @Nullable
    String host;

    boolean warmingUp;

    double seconds = Double.NaN;
    double requests = Double.NaN;
    double errors = Double.NaN;
    double cpuSeconds = Double.NaN;
    double memoryByteSeconds = Double.NaN;
    double egressBytes = Double.NaN;
    double crashes = Double.NaN;
    double oomKills = Double.NaN;
    double replicas = Double.NaN;
    double status = Double.NaN;
    /** Of a single request. */
    double latencyMs = Double.NaN;
    /** Of a window: above, up to, count, one after the other. */
    double[] buckets = new double[0];

    /** How many of them are in use. */
    int bucketNumbers;

    boolean isWindow;
    /** What was declared, in a recording; no data. */
    boolean isHead;

    /** Reads the bytes of one line. */
    static RecordedLine parse(byte[] bytes, int from, int length) throws MalformedLine {
        try (JsonParser parser = Parser.JSON.createParser(bytes, from, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedLine("not a JSON object; write {\"t\":...} and one object a line");
            }
            RecordedLine line = new RecordedLine();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                line.field(parser.currentName(), parser);
            }
            if (parser.nextToken() != null) {
                throw new MalformedLine("holds more than one JSON value; write one object a line");
            }
            return line;
        } catch (JacksonException e) {
            throw new MalformedLine("not JSON: " + e.getOriginalMessage());
        }
    }

    private void field(String name, JsonParser parser) throws MalformedLine {
        JsonToken token = parser.nextToken();
        switch (name) {
            case "t" -> time = text(token, parser);
            case "stopConditions" -> {
                isHead = true;
                parser.skipChildren();
            }
            case "arm" -> arm = text(token, parser);
            case "host" -> host = text(token, parser);
            case "warmingUp" -> warmingUp = token == JsonToken.VALUE_TRUE;
            case "seconds" -> seconds = number(parser);
            case "requests" -> {
                requests = number(parser);
                isWindow = true;
            }
            case "errors" -> errors = number(parser);
            case "cpuSeconds" -> cpuSeconds = number(parser);
            case "memoryByteSeconds" -> memoryByteSeconds = number(parser);
            case "egressBytes" -> egressBytes = number(parser);
            case "crashes" -> crashes = number(parser);
            case "oomKills" -> oomKills = number(parser);
            case "replicas" -> replicas = number(parser);
            case "status" -> status = number(parser);
            case "latencyMs" -> {
                if (token == JsonToken.START_ARRAY) {
                    buckets(parser);
                } else {
                    latencyMs = number(parser);
                }
            }
            default -> parser.skipChildren();
        }
    }

    /** A line that names no arm is of whatever file it is in. */
    boolean isOf(Arm wanted) {
        return !isHead && (arm == null || arm.equals(wanted.name().toLowerCase(Locale.ROOT)));
    }

    private static @Nullable String text(JsonToken token, JsonParser parser) {
        parser.skipChildren();
        return token == JsonToken.VALUE_STRING ? parser.getString() : null;
    }

    private static double number(JsonParser parser) {
        if (parser.currentToken().isNumeric()) {
            return parser.getDoubleValue();
        }
        parser.skipChildren();
        return Double.NaN;
    }

    private void buckets(JsonParser parser) throws MalformedLine {
        double[] read = new double[96];
        int n = 0;
        while (parser.nextToken() == JsonToken.START_ARRAY) {
            if (n + 3 > read.length) {
                read = Arrays.copyOf(read, 2 * read.length);
            }
            for (int i = 0; i < 3; i++) {
                read[n++] = entry(parser);
            }
            if (parser.nextToken() != JsonToken.END_ARRAY) {
                throw notABucket(n / 3);
            }
        }
        if (parser.currentToken() != JsonToken.END_ARRAY) {
            throw notABucket(n / 3 + 1);
        }
        buckets = read;
        bucketNumbers = n;
    }

    private static double entry(JsonParser parser) throws MalformedLine {
        if (!parser.nextToken().isNumeric()) {
            throw new MalformedLine("latencyMs holds something that is not a number; write [above, up to, count]");
        }
        return parser.getDoubleValue();
    }

    static MalformedLine notABucket(int number) {
        return new MalformedLine("entry " + number + " of latencyMs is not [above, up to, count] with a whole count");
    }

    Instant time() throws MalformedLine {
        String text = time == null ? "" : time;
        try {
            // The usual form, many times as fast.
            if (text.length() == 20 && text.charAt(19) == 'Z' && text.charAt(10) == 'T') {
                return Instant.ofEpochSecond(LocalDate.of(at(text, 0, 4), at(text, 5, 7), at(text, 8, 10))
                                        .toEpochDay()
                                * 86_400
                        + LocalTime.of(at(text, 11, 13), at(text, 14, 16), at(text, 17, 19))
                                .toSecondOfDay());
            }
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException | NumberFormatException e) {
            throw new MalformedLine("t is '" + text + "', not a time such as 2026-11-23T10:00:00Z");
        }
    }

    private static int at(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }

    /** A field that must be there. */
    static double required(String field, double value) throws MalformedLine {
        if (Double.isNaN(value)) {
            throw new MalformedLine(field + " is missing or not a number; write \"" + field + "\":" + example(field));
        }
        return value;
    }

    private static String example(String field) {
        return switch (field) {
            case "seconds" -> "10";
            case "requests" -> "812";
            case "errors" -> "3";
            case "status" -> "200";
            default -> "12.3";
        };
    }

    static double or(double value, double otherwise) {
        return Double.isNaN(value) ? otherwise : value;
    }
}

package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads what the parser reads, or nothing. */
class LineScanTest {
    private static final String USUAL =
            "{\"t\":\"2026-11-23T10:00:00Z\",\"seconds\":10,\"requests\":812,\"errors\":3,\"latencyMs\":[[39.6,40.0,310],[40.0,40.4,21]],"
                    + "\"cpuSeconds\":4.2,\"memoryByteSeconds\":2.1e9,\"replicas\":1}";

    private static @Nullable RecordedLine scanned(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        return new LineScan().read(bytes, 0, bytes.length);
    }

    private static String parsed(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        try {
            return fields(RecordedLine.parse(bytes, 0, bytes.length));
        } catch (MalformedLine wrong) {
            return "malformed";
        }
    }

    private static String fields(RecordedLine l) {
        return List.of(
                        String.valueOf(l.time),
                        String.valueOf(l.arm),
                        String.valueOf(l.host),
                        l.seconds,
                        l.requests,
                        l.errors,
                        l.cpuSeconds,
                        l.memoryByteSeconds,
                        l.replicas,
                        l.status,
                        l.latencyMs,
                        l.isWindow,
                        l.isHead,
                        l.warmingUp,
                        Arrays.toString(Arrays.copyOf(l.buckets, l.bucketNumbers)))
                .toString();
    }

    private static void agrees(String line) {
        RecordedLine scanned = scanned(line);
        if (scanned != null) {
            assertThat(fields(scanned)).as(line).isEqualTo(parsed(line));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                USUAL,
                "{\"t\":\"2026-11-23T10:00:00.25Z\",\"latencyMs\":12.3,\"status\":200}",
                "{ \"requests\" : 0 , \"latencyMs\" : [ ] }",
                "{\"arm\":\"control\",\"host\":\"h1\",\"requests\":1,\"latencyMs\":[[0,1e-2,1]]}\r"
            })
    void the_usual_forms_are_read_as_the_parser_reads_them(String line) {
        RecordedLine scanned = scanned(line);
        assertThat(scanned).isNotNull();
        agrees(line);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"requests\":01}",
                "{\"requests\":1.}",
                "{\"requests\":+1}",
                "{\"requests\":\"1\"}",
                "{\"requests\":NaN}",
                "{\"requests\":1,}",
                "{\"latencyMs\":[[1,2,3],]}",
                "{\"latencyMs\":[[1,2]]}",
                "{\"latencyMs\":[[1,2,3]}",
                "{\"requests\":1}{}",
                "{\"requests\":123456789012345678}",
                "{\"requests\":1e400}",
                "{\"t\":\"a\\u0041\"}",
                "{\"more\":{\"requests\":1}}",
                "{\"warmingUp\":true,\"requests\":1}",
                "[]",
                "{\"requests\":1"
            })
    void all_else_is_left_to_the_parser(String line) {
        assertThat(scanned(line)).isNull();
    }

    @Test
    void lines_that_were_changed_by_chance_are_never_read_otherwise_than_by_the_parser() {
        long seed = System.nanoTime() >>> 8;
        System.out.println("seed of the changed lines: " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        String signs = "0123456789.eE+-,:[]{}\" tnrsu\\";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder line = new StringBuilder(USUAL);
            for (int k = random.nextInt(4); k >= 0; k--) {
                int at = random.nextInt(line.length());
                char c = signs.charAt(random.nextInt(signs.length()));
                switch (random.nextInt(3)) {
                    case 0 -> line.setCharAt(at, c);
                    case 1 -> line.insert(at, c);
                    default -> line.deleteCharAt(at);
                }
            }
            agrees(line.toString());
        }
    }

    @Test
    void numbers_are_rounded_as_the_parser_rounds_them() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 20_000; i++) {
            String digits = String.valueOf(random.nextLong(1_000_000_000_000_000L));
            int point = random.nextInt(digits.length());
            String number = point == 0 ? "0." + digits : digits.substring(0, point) + "." + digits.substring(point);
            String exponent = random.nextBoolean() ? "" : String.format(Locale.ROOT, "e%d", random.nextInt(-9, 9));
            agrees("{\"requests\":" + (number.endsWith(".") ? number + "0" : number) + exponent + "}");
        }
    }
}

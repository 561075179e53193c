package io.slipway.sandbox.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.json.JsonMapper;

class JsonFaultTest {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static String fault(String text) {
        try (JsonParser parser = JSON.createParser(text)) {
            JacksonException fault = catchThrowableOfType(JacksonException.class, () -> JSON.readTree(parser));
            return JsonFault.of(fault, parser);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"process\": {\"args\": [\"sh\", 1 2]}} | near process.args[2]: there should be comma",
                "{\"a\": 1, \"a\": 2}                     | near a: the name is there twice",
                "{\"a\": [1                             | near a[0]: it ends before its end; the list begun in line 1, column 7 is still open",
                "{\"a\": [1}}                           | the wrong bracket; the list begun in line 1, column 7 is still open",
                "{\"a\": \"x                           | near a: it ends before its end",
                "{\"a\": \"\\q\"}                      | near a: behind \\ there may be",
                "{\"a\": 01}                            | near a: a number begins with 0",
                "{\"a\": -}                             | near a: a number is not written as JSON has it"
            })
    void a_fault_is_told_by_its_place_and_the_nearest_names(String text, String told) {
        assertThat(fault(text)).startsWith("in line 1, column ").contains(told);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"env\": [\"KEY=s3cr3t\" s3cr3t]}",
                "{\"env\": s3cr3t}",
                "s3cr3t",
                "{\"env\": \"s3cr3t",
                "{\"env\": [\"KEY=s3cr3t\"",
                "{\"env\": 's3cr3t'}",
                "{\"env\": \"s3cr3t\\qs3cr3t\"}",
                "{\"env\": \"s3cr3t\n\"}",
                "{\"env\": 12s3cr3t}"
            })
    void nothing_of_the_text_is_told_nor_of_the_parsers_settings(String text) {
        assertThat(fault(text)).contains("line 1, column").doesNotContain("s3cr3t", "REDACTED", "Source");
    }

    record Small(int number) {}

    @ParameterizedTest
    @ValueSource(strings = {"{\"number\": \"s3cr3t\"}", "{\"number\": {\"s3cr3t\": 1}}"})
    void a_value_of_another_kind_is_told_by_its_names(String text) {
        JacksonException fault = catchThrowableOfType(JacksonException.class, () -> JSON.readValue(text, Small.class));
        assertThat(JsonFault.of(fault)).contains("number: there is something else than is expected");
        assertThat(JsonFault.of(fault)).doesNotContain("s3cr3t", "REDACTED");
    }
}

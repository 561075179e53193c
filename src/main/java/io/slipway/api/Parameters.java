package io.slipway.api;

import io.slipway.base.NearestName;
import io.slipway.release.Units;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

/** Checks of query parameters and headers. */
final class Parameters {
    private Parameters() {}

    static void between(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw BadRequest.parameter(
                    name, String.valueOf(value), "is outside " + min + " to " + max, "Give a number within.");
        }
    }

    static void oneOf(String name, String value, Collection<String> known) {
        if (!known.contains(value)) {
            throw BadRequest.parameter(name, value, "is not known", NearestName.hint(value, known));
        }
    }

    static Duration duration(String name, String text, Duration max) {
        Duration given = Units.duration(text)
                .orElseThrow(() -> BadRequest.parameter(
                        name,
                        text,
                        "is not a duration",
                        "Write a whole number and a unit: ms, s, m, h or d; 60s, 5m."));
        if (given.compareTo(max) > 0) {
            throw BadRequest.parameter(
                    name, text, "is above " + Units.render(max), "Give at most " + Units.render(max) + ".");
        }
        return given;
    }

    static Instant instant(String name, String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException wrong) {
            throw BadRequest.parameter(name, text, "is not a time", "Write it as 2026-11-23T10:00:00Z.");
        }
    }

    static String etag(long version) {
        return "\"v" + version + "\"";
    }
}

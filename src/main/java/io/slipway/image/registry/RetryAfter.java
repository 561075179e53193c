package io.slipway.image.registry;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** How long a server asks us to wait: {@code Retry-After} in seconds or as a date (RFC 9110 section 10.2.3). */
final class RetryAfter {
    private static final long SECONDS_MAX = 365L * 24 * 3600;

    private RetryAfter() {}

    /** Empty if it does not say, or says something else than a time; only answers that may pass are looked at. */
    static Optional<Duration> read(HttpHeaders headers, int status) {
        if (status != 429 && status != 503) {
            return Optional.empty();
        }
        return headers.firstValue("Retry-After").map(String::strip).flatMap(text -> parse(text, headers));
    }

    private static Optional<Duration> parse(String text, HttpHeaders headers) {
        if (text.matches("[0-9]{1,18}")) {
            return Optional.of(Duration.ofSeconds(Math.min(SECONDS_MAX, Long.parseLong(text))));
        }
        // The server's own clock says how far away its date is, so ours does not matter.
        return headers.firstValue("Date").flatMap(now -> {
            try {
                ZonedDateTime from = ZonedDateTime.parse(now.strip(), DateTimeFormatter.RFC_1123_DATE_TIME);
                ZonedDateTime until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
                Duration wait = Duration.between(from, until);
                return wait.isNegative() ? Optional.of(Duration.ZERO) : Optional.of(wait);
            } catch (DateTimeException e) {
                return Optional.empty();
            }
        });
    }
}

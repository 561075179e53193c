package io.slipway.dashboard;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * A point in time, said in relation to now, with the absolute time beside it.
 *
 * @param iso for programs, and for the page's own clock
 * @param absolute for hovering and for printing
 * @param relative {@code 3 min ago}, {@code in 6 min}
 */
record Moment(String iso, String absolute, String relative) {
    private static final DateTimeFormatter ABSOLUTE = DateTimeFormatter.ofPattern(
                    "d MMM yyyy HH:mm:ss 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);
    private static final Duration JUST_NOW = Duration.ofSeconds(2);

    static Moment of(Instant at, Instant now) {
        Duration since = Duration.between(at, now);
        String relative = since.abs().compareTo(JUST_NOW) < 0
                ? "now"
                : since.isNegative() ? "in " + Figures.duration(since.negated()) : Figures.duration(since) + " ago";
        return new Moment(at.truncatedTo(ChronoUnit.SECONDS).toString(), ABSOLUTE.format(at), relative);
    }
}

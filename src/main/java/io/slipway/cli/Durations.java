package io.slipway.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people type them: {@code 90s}, {@code 20m}, {@code 24h}, {@code 7d}. */
public final class Durations {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

    private Durations() {}

    /** One within which something can be done. */
    static Duration positive(String option, String text) {
        Duration duration = parse(option, text);
        if (duration.isZero()) {
            throw new CommandFailed(ExitCode.USAGE, option + " " + text + " is no time at all; choose 1s or more");
        }
        return duration;
    }

    public static Duration parse(String option, String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new CommandFailed(
                    ExitCode.USAGE,
                    option + " " + text + " is not a duration. Write a number and ms, s, m, h or d: 90s, 20m.");
        }
        long count = Long.parseLong(form.group(1));
        return switch (form.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }
}

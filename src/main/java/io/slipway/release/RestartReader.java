package io.slipway.release;

import io.slipway.release.RestartPolicy.On;
import io.slipway.release.RestartPolicy.StartLimit;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads when a process is started again. */
final class RestartReader {
    private static final Map<String, On> POLICIES =
            Map.of("always", On.ALWAYS, "on-failure", On.FAILURE, "never", On.NEVER);
    private static final Pattern RANGE = Pattern.compile("([^.]+)(?:\\.\\.([^.]+))?");
    private static final Pattern LIMIT = Pattern.compile("(\\d{1,5})/(.+)");
    private static final Duration PAUSE_MIN = Duration.ofMillis(100);
    private static final Duration PAUSE_MAX = Duration.ofHours(1);
    private static final Duration WITHIN_MIN = Duration.ofSeconds(1);
    private static final Duration WITHIN_MAX = Duration.ofHours(24);
    private static final int STARTS_MAX = 1000;
    private final Problems problems;

    RestartReader(Problems problems) {
        this.problems = problems;
    }

    private record Pauses(Duration first, Duration last) {}

    RestartPolicy read(Fields fields) {
        RestartPolicy without = RestartPolicy.DEFAULT;
        On on = fields.oneOf("policy", List.of("always", "on-failure", "never"), List.of())
                .map(it -> POLICIES.getOrDefault(it, without.on()))
                .orElse(without.on());
        Pauses pauses = fields.text("backoff")
                .flatMap(it -> backoff(fields.at("backoff"), it))
                .orElse(new Pauses(without.first(), without.last()));
        Optional<StartLimit> limit = fields.text("startLimit").flatMap(it -> limit(fields.at("startLimit"), it));
        fields.refuseUnknown();
        RestartPolicy read = new RestartPolicy(on, pauses.first(), pauses.last(), limit);
        limit.ifPresent(it -> requireReachable(fields.at("startLimit"), read, it));
        return read;
    }

    private Optional<Pauses> backoff(String at, String text) {
        Matcher it = RANGE.matcher(text);
        Optional<Duration> first = it.matches() ? Units.duration(it.group(1)) : Optional.empty();
        Optional<Duration> last = it.matches() && it.group(2) != null ? Units.duration(it.group(2)) : first;
        if (first.isEmpty() || last.isEmpty()) {
            problems.add(at, text, "is not a first and a longest pause", "write two durations with two dots: 1s..1m");
            return Optional.empty();
        }
        if (first.get().compareTo(PAUSE_MIN) < 0 || last.get().compareTo(PAUSE_MAX) > 0) {
            problems.add(at, text, "is outside 100ms to 1h", "choose pauses from 100ms to 1h");
            return Optional.empty();
        }
        if (first.get().compareTo(last.get()) > 0) {
            String turned = Units.render(last.get()) + ".." + Units.render(first.get());
            problems.add(at, text, "ends below its beginning", "write the shorter pause first: " + turned);
            return Optional.empty();
        }
        return Optional.of(new Pauses(first.get(), last.get()));
    }

    private Optional<StartLimit> limit(String at, String text) {
        if (text.equals("none")) {
            return Optional.empty();
        }
        Matcher it = LIMIT.matcher(text);
        Optional<Duration> within = it.matches() ? Units.duration(it.group(2)) : Optional.empty();
        if (within.isEmpty()) {
            problems.add(
                    at,
                    text,
                    "is not a number of starts within a time",
                    "write 5/10m for 5 starts in 10 minutes, or none");
            return Optional.empty();
        }
        int starts = Integer.parseInt(it.group(1));
        boolean timely = within.get().compareTo(WITHIN_MIN) >= 0 && within.get().compareTo(WITHIN_MAX) <= 0;
        if (starts < 1 || starts > STARTS_MAX || !timely) {
            problems.add(at, text, "is outside 1/1s to 1000/24h", "choose 1 to 1000 starts within 1s to 24h");
            return Optional.empty();
        }
        return Optional.of(new StartLimit(starts, within.get()));
    }

    /** A limit that the pauses never let it come to is one that somebody relies on in vain. */
    private void requireReachable(String at, RestartPolicy policy, StartLimit limit) {
        Duration needed = policy.untilLimit();
        if (needed.compareTo(limit.within()) > 0) {
            problems.add(
                    at,
                    limit.starts() + "/" + Units.render(limit.within()),
                    "is never reached: with pauses of " + Units.render(policy.first()) + ".."
                            + Units.render(policy.last()) + " so many starts take " + Units.render(needed),
                    "allow at least " + Units.render(needed) + ", shorten backoff, or write none");
        }
    }
}

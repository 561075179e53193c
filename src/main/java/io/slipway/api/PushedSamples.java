package io.slipway.api;

import io.slipway.control.OwnSeriesStore.Value;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The samples of a request, by name. */
final class PushedSamples {
    private static final int SAMPLES_MAX = 1000;
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:.]{0,99}");
    private static final double SECONDS = 10;
    private static final double SECONDS_MAX = 3600;
    private static final Duration OLD_MAX = Duration.ofDays(1);
    private static final Duration AHEAD_MAX = Duration.ofMinutes(5);
    private static final Set<String> FIELDS = Set.of("name", "t", "value", "seconds");

    private final JsonBody body;
    private final Instant now;
    private final Map<String, List<Value>> byName = new LinkedHashMap<>();

    private PushedSamples(JsonBody body, Instant now) {
        this.body = body;
        this.now = now;
    }

    /** What is wrong is noted in the body. */
    static Map<String, List<Value>> read(JsonBody body, Instant now) {
        PushedSamples samples = new PushedSamples(body, now);
        List<JsonNode> all = body.objects("samples");
        if (all.isEmpty() || all.size() > SAMPLES_MAX) {
            body.violation(
                    "samples",
                    "holds " + all.size() + " samples",
                    "Write 1 to " + SAMPLES_MAX + ": [{\"name\": \"queue_age_seconds\", \"t\": \"" + now
                            + "\", \"value\": 12.5}]");
        }
        for (int i = 0; i < all.size() && i < SAMPLES_MAX; i++) {
            samples.add("samples[" + i + "]", all.get(i));
        }
        return samples.byName;
    }

    private void add(String at, JsonNode sample) {
        sample.propertyNames().stream()
                .filter(field -> !FIELDS.contains(field))
                .forEach(field ->
                        body.violation(at + "." + field, "is not a known field", "Use name, t, value and seconds."));
        String name = sample.path("name").asString("");
        if (!NAME.matcher(name).matches()) {
            body.violation(at + ".name", "is not a name of letters, digits, _ : and .", "Write queue_age_seconds.");
        }
        JsonNode value = sample.path("value");
        if (!value.isNumber()) {
            body.violation(at + ".value", "is not a number", "Write a number; leave the sample out if there is none.");
        }
        double seconds = sample.path("seconds").asDouble(SECONDS);
        if (!(seconds >= 1 && seconds <= SECONDS_MAX)) {
            body.violation(at + ".seconds", "is outside 1 to 3600", "Write how long the value stands for.");
        }
        time(at, sample.path("t").asString(""))
                .ifPresent(t -> byName.computeIfAbsent(name, n -> new ArrayList<>())
                        .add(new Value(t, seconds, value.asDouble(Double.NaN))));
    }

    private Optional<Instant> time(String at, String text) {
        try {
            Instant time = OffsetDateTime.parse(text).toInstant();
            if (time.isBefore(now.minus(OLD_MAX)) || time.isAfter(now.plus(AHEAD_MAX))) {
                body.violation(at + ".t", "is more than a day ago or five minutes ahead", "Look at the clock.");
                return Optional.empty();
            }
            return Optional.of(time);
        } catch (DateTimeException e) {
            body.violation(at + ".t", "is not a time", "Write it like " + now + ".");
            return Optional.empty();
        }
    }
}

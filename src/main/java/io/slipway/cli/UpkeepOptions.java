package io.slipway.cli;

import io.slipway.release.RestartPolicy;
import io.slipway.release.RestartPolicy.On;
import io.slipway.release.RestartPolicy.StartLimit;
import io.slipway.release.Units;
import io.slipway.sandbox.health.HealthCheck;
import io.slipway.sandbox.health.Probing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code slipway run} takes for restarts and health checks; names and defaults are those of {@code docker run}. */
final class UpkeepOptions {
    private static final Pattern RESTART =
            Pattern.compile("(no|never|always|unless-stopped|on-failure)(?::(\\d{1,6}))?");
    private static final Pattern LIMIT = Pattern.compile("(\\d{1,3}|1000)/(.+)");
    private static final Pattern HTTP = Pattern.compile("(\\d{1,5})(/[\\x21-\\x7e]*)?");
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LAST = Duration.ofMinutes(1);
    private static final Duration PAUSE_MIN = Duration.ofMillis(100);
    private static final Duration PAUSE_MAX = Duration.ofHours(1);
    private static final int PORT_MAX = 65_535;

    @Option(
            names = "--restart",
            paramLabel = "POLICY",
            description = "Start it again when it has ended: never, on-failure[:N] with N restarts at most, or always. "
                    + "Default: never. 'slipway stop' and Ctrl-C end it for good.")
    private String restart = "never";

    @Option(
            names = "--restart-backoff",
            paramLabel = "FIRST..LONGEST",
            description =
                    "Pause before it is started again: the first, doubled each time up to the longest. Default: 100ms..1m.")
    private @Nullable String backoff;

    @Option(
            names = "--start-limit",
            paramLabel = "N/DURATION",
            description =
                    "At most so many starts within a time, the first one included, e.g. 5/10m. Default: no limit.")
    private @Nullable String startLimit;

    @Option(
            names = "--health-cmd",
            paramLabel = "LINE",
            description = "Ask how it is by a line for /bin/sh in it: healthy when it exits with 0.")
    private @Nullable String command;

    @Option(
            names = "--health-http",
            paramLabel = "PORT[/PATH]",
            description = "Ask how it is by a GET: healthy when answered with 200 to 399.")
    private @Nullable String http;

    @Option(
            names = "--health-tcp",
            paramLabel = "PORT",
            description = "Ask how it is by a connection: healthy when accepted.")
    private @Nullable Integer tcp;

    @Option(names = "--health-interval", paramLabel = "DURATION", description = "Between two questions. Default: 30s.")
    private @Nullable String interval;

    @Option(
            names = "--health-timeout",
            paramLabel = "DURATION",
            description = "No answer until then is a failure. Default: 30s.")
    private @Nullable String timeout;

    @Option(
            names = "--health-retries",
            paramLabel = "COUNT",
            description = "Failures in a row until it is unhealthy. Default: 3.")
    private @Nullable Integer retries;

    @Option(
            names = "--health-start-period",
            paramLabel = "DURATION",
            description = "So long at first failures do not count. Default: 0s.")
    private @Nullable String startPeriod;

    @Option(
            names = "--health-on-failure",
            paramLabel = "ACTION",
            description = "When it is unhealthy: none, or stop, which --restart counts as a failure. Default: none.")
    private @Nullable String onFailure;

    Upkeep upkeep() {
        Matcher it = RESTART.matcher(restart);
        if (!it.matches() || it.group(2) != null && !it.group(1).equals("on-failure")) {
            throw usage("--restart " + restart + " is none of never, on-failure, on-failure:5, always");
        }
        On on = switch (it.group(1)) {
            // There is no daemon whose own restart could tell the two apart.
            case "always", "unless-stopped" -> On.ALWAYS;
            case "on-failure" -> On.FAILURE;
            default -> On.NEVER;
        };
        RestartPolicy policy = backoff(on);
        OptionalInt most = it.group(2) == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(it.group(2)));
        return new Upkeep(
                on == On.NEVER ? "" : restart,
                limited(new RestartPolicy(on, policy.first(), policy.last(), limit(on))),
                most,
                health(),
                stopUnhealthy());
    }

    /** Of the same form and within the same bounds as that of a service file. */
    private RestartPolicy backoff(On on) {
        if (backoff == null) {
            return new RestartPolicy(on, FIRST, LAST, Optional.empty());
        }
        if (on == On.NEVER) {
            throw usage("--restart-backoff " + backoff + " puts nothing off without --restart on-failure or always");
        }
        String[] ends = backoff.split("\\.\\.", -1);
        if (ends.length > 2) {
            throw usage("--restart-backoff " + backoff + " is not a first and a longest pause; write 1s..1m");
        }
        Duration first = Durations.parse("--restart-backoff", ends[0]);
        Duration last = Durations.parse("--restart-backoff", ends[ends.length - 1]);
        if (first.compareTo(PAUSE_MIN) < 0 || last.compareTo(PAUSE_MAX) > 0 || first.compareTo(last) > 0) {
            throw usage("--restart-backoff " + backoff
                    + " is not within 100ms..1h, the shorter pause first; write it as 1s..1m");
        }
        return new RestartPolicy(on, first, last, Optional.empty());
    }

    private Optional<StartLimit> limit(On on) {
        if (startLimit == null) {
            return Optional.empty();
        }
        if (on == On.NEVER) {
            throw usage("--start-limit " + startLimit + " limits nothing without --restart on-failure or always");
        }
        Matcher it = LIMIT.matcher(startLimit);
        if (!it.matches()) {
            throw usage("--start-limit " + startLimit
                    + " is not a number of starts within a time; write 5/10m for 5 starts in 10 minutes");
        }
        Duration within = Durations.parse("--start-limit", it.group(2));
        int starts = Integer.parseInt(it.group(1));
        if (starts < 1 || within.compareTo(Duration.ofSeconds(1)) < 0 || within.compareTo(Duration.ofDays(1)) > 0) {
            throw usage("--start-limit " + startLimit + " is outside 1/1s to 1000/24h");
        }
        return Optional.of(new StartLimit(starts, within));
    }

    /** Refuses a limit that the pauses never let it come to: somebody would rely on it in vain. */
    private static RestartPolicy limited(RestartPolicy policy) {
        Duration needed = policy.untilLimit();
        policy.limit().filter(it -> needed.compareTo(it.within()) > 0).ifPresent(it -> {
            throw usage("--start-limit " + it.starts() + "/" + Units.render(it.within())
                    + " is never reached: with pauses of " + Units.render(policy.first()) + ".."
                    + Units.render(policy.last()) + " so many starts take " + Units.render(needed)
                    + "; allow at least that, or fewer starts");
        });
        return policy;
    }

    private boolean stopUnhealthy() {
        if (onFailure != null && !List.of("none", "stop").contains(onFailure)) {
            throw usage("--health-on-failure " + onFailure + " is neither none nor stop");
        }
        return "stop".equals(onFailure);
    }

    private Optional<Probing> health() {
        List<HealthCheck> asked = new ArrayList<>();
        if (command != null) {
            asked.add(new HealthCheck.Command(List.of("/bin/sh", "-c", command)));
        }
        if (http != null) {
            asked.add(byHttp(http));
        }
        if (tcp != null) {
            asked.add(new HealthCheck.Tcp(port("--health-tcp " + tcp, tcp)));
        }
        if (asked.size() > 1) {
            throw usage("--health-cmd, --health-http and --health-tcp are three ways to ask; give one of them");
        }
        boolean times = interval != null || timeout != null || retries != null || startPeriod != null;
        if (asked.isEmpty() && (times || onFailure != null)) {
            throw usage("there is nothing to ask how it is: give --health-cmd, --health-http or --health-tcp too");
        }
        return asked.stream().findFirst().map(this::timed);
    }

    private Probing timed(HealthCheck check) {
        int failures = retries == null ? 3 : retries;
        if (failures < 1) {
            throw usage("--health-retries " + failures + " is below 1");
        }
        return new Probing(
                check,
                positive("--health-interval", interval),
                positive("--health-timeout", timeout),
                failures,
                1,
                startPeriod == null ? Duration.ZERO : Durations.parse("--health-start-period", startPeriod));
    }

    private static Duration positive(String option, @Nullable String text) {
        return text == null ? Duration.ofSeconds(30) : Durations.positive(option, text);
    }

    private static HealthCheck byHttp(String text) {
        Matcher it = HTTP.matcher(text);
        if (!it.matches()) {
            throw usage("--health-http " + text + " is not a port and a path; write 8080/healthz");
        }
        int port = port("--health-http " + text, Integer.parseInt(it.group(1)));
        return new HealthCheck.Http(port, it.group(2) == null ? "/" : it.group(2));
    }

    private static int port(String given, int port) {
        if (port < 1 || port > PORT_MAX) {
            throw usage(given + " is not a port; they go from 1 to 65535");
        }
        return port;
    }

    private static CommandFailed usage(String text) {
        return new CommandFailed(ExitCode.USAGE, text);
    }
}

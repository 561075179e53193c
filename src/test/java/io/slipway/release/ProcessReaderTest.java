package io.slipway.release;

import static io.slipway.release.SpecParserTest.accepted;
import static io.slipway.release.SpecParserTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a process of a service file is asked how it is, and started again. */
class ProcessReaderTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        liveness: {tcp: a, successes: 2}              | liveness.successes        | is not a known field
        start: {tcp: a, successes: 2}                 | start.successes           | is not a known field
        startup: {tcp: a}                             | startup                   | is not a known field
        liveness: {}                                  | liveness.http             | must be given, or tcp, or exec
        liveness: {tcp: a, http: /}                   | liveness.tcp              | is given beside http
        liveness: {tcp: a, exec: [b]}                 | liveness.exec             | is given beside tcp
        liveness: {tcp: c}                            | liveness.tcp              | is not among the ports of this process
        liveness: {http: /, port: c}                  | liveness.port             | is not among the ports of this process
        liveness: {exec: [b], port: a}                | liveness.port             | is given, but there is no http that it could be the port of
        liveness: {http: healthz, port: a}            | liveness.http             | is not a path
        liveness: {exec: /bin/check}                  | liveness.exec             | is not a list of a command and its arguments
        liveness: {exec: []}                          | liveness.exec             | is not a list of a command and its arguments
        liveness: {exec: [a, [b]]}                    | liveness.exec[1]          | must be text
        liveness: {tcp: a, every: 10}                 | liveness.every            | has no unit
        liveness: {tcp: a, every: 1ms}                | liveness.every            | is outside 100ms to 1h
        liveness: {tcp: a, timeout: 1h}               | liveness.timeout          | is outside 10ms to 5m
        liveness: {tcp: a, grace: 2h}                 | liveness.grace            | is outside 0s to 1h
        liveness: {tcp: a, failures: 0}               | liveness.failures         | is outside 1 to 1000
        readiness: {tcp: a, successes: 0}             | readiness.successes       | is outside 1 to 100
        """)
    void a_bad_probe_is_refused_by_its_path_and_why(String probe, String field, String problem) {
        String file = "service: a\nimage: b:1\nprocesses: {web: {ports: {a: 80, b: 81}, health: {" + probe
                + "}}}\nrelease: {stopConditions: [{metric: error_rate, regressesBy: 1pp}]}\n";
        assertThat(refused(file)).singleElement().satisfies(it -> {
            assertThat(it.field()).isEqualTo("processes.web.health." + field);
            assertThat(it.problem()).isEqualTo(problem);
            assertThat(it.fix()).isNotBlank();
        });
    }

    @Test
    void a_probe_of_a_process_without_ports_is_told_to_name_some() {
        String file = "service: a\nimage: b:1\nprocesses: {web: {health: {readiness: {http: /}}}}\n"
                + "release: {stopConditions: [{metric: error_rate, regressesBy: 1pp}]}\n";
        assertThat(refused(file))
                .contains(new Violation(
                        "processes.web.health.readiness.port",
                        "http",
                        "is a port, but this process has none",
                        "name its ports: ports: {http: 8080}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        policy: unless-stopped                | policy     | is not one of always, on-failure, never
        backoff: 1s...1m                      | backoff    | is not a first and a longest pause
        backoff: 1..2                         | backoff    | is not a first and a longest pause
        backoff: 1ms..1s                      | backoff    | is outside 100ms to 1h
        backoff: 1s..2h                       | backoff    | is outside 100ms to 1h
        backoff: 1m..1s                       | backoff    | ends below its beginning
        startLimit: 5                         | startLimit | is not a number of starts within a time
        startLimit: 5/10                      | startLimit | is not a number of starts within a time
        startLimit: 0/10m                     | startLimit | is outside 1/1s to 1000/24h
        startLimit: 5/25h                     | startLimit | is outside 1/1s to 1000/24h
        startLimit: 5/10s                     | startLimit | is never reached: with pauses of 1s..1m so many starts take 31s
        retries: 3                            | retries    | is not a known field
        """)
    void a_bad_restart_policy_is_refused_by_its_path_and_why(String line, String field, String problem) {
        assertThat(refused(restarting(line))).singleElement().satisfies(it -> {
            assertThat(it.field()).isEqualTo("processes.web.restart." + field);
            assertThat(it.problem()).isEqualTo(problem);
            assertThat(it.fix()).isNotBlank();
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        policy: never                         | NEVER   | PT1S | PT1M |
        policy: always, startLimit: none      | ALWAYS  | PT1S | PT1M |
        backoff: 500ms                        | ALWAYS  | PT0.5S | PT0.5S |
        startLimit: 5/31s                     | ALWAYS  | PT1S | PT1M | 5 in PT31S
        policy: on-failure, backoff: 1h, startLimit: 1/1h | FAILURE | PT1H | PT1H | 1 in PT1H
        """)
    void a_restart_policy_is_read(String line, RestartPolicy.On on, Duration first, Duration last, String limit) {
        RestartPolicy read = Objects.requireNonNull(
                        accepted(restarting(line)).spec().processes().get("web"))
                .restart()
                .orElseThrow();
        assertThat(read.on()).isEqualTo(on);
        assertThat(read.first()).isEqualTo(first);
        assertThat(read.last()).isEqualTo(last);
        assertThat(read.limit().map(it -> it.starts() + " in " + it.within())).isEqualTo(Optional.ofNullable(limit));
    }

    private static String restarting(String restart) {
        return "service: a\nimage: b:1\nprocesses: {web: {restart: {" + restart
                + "}}}\nrelease: {stopConditions: [{metric: error_rate, regressesBy: 1pp}]}\n";
    }
}

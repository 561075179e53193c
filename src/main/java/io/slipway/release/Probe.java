package io.slipway.release;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A health probe: a command in the container where there is one; otherwise an HTTP GET of a path on a named port, or a TCP connect where the path
 * is absent too. What came later than the rest is optional, since stored ones do not have it.
 *
 * @param port by its name among the process's ports; empty for a command
 * @param every from one question to the next
 * @param timeout after which there is no answer
 * @param failures in a row that count
 * @param command argv, executed in the container; exit code 0 is success
 * @param successes in a row that count; absent means 1
 * @param grace how long at first failures do not count; absent means not at all
 */
public record Probe(
        Optional<String> httpPath,
        String port,
        Duration every,
        Duration timeout,
        int failures,
        Optional<List<String>> command,
        Optional<Integer> successes,
        Optional<Duration> grace) {
    /** By network, without grace; the first success counts. */
    public static Probe of(Optional<String> httpPath, String port, Duration every, Duration timeout, int failures) {
        return new Probe(
                httpPath, port, every, timeout, failures, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** By a command in the container, without grace; the first success counts. */
    public static Probe command(List<String> argv, Duration every, Duration timeout, int failures) {
        return new Probe(
                Optional.empty(), "", every, timeout, failures, Optional.of(argv), Optional.empty(), Optional.empty());
    }
}

package io.slipway.release;

import java.time.Duration;
import java.util.Optional;

/** A health probe: HTTP GET of a path, or a TCP connect where the path is absent, on a named port. */
public record Probe(Optional<String> httpPath, String port, Duration every, Duration timeout, int failures) {}

package io.slipway.release;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Reads the probes of a process. */
final class HealthReader {
    private static final Pattern HTTP_PATH = Pattern.compile("/[\\x21-\\x7e]{0,1023}");
    private static final List<String> KINDS = List.of("http", "tcp", "exec");
    private static final int FAILURES_MAX = 1000;
    private static final int SUCCESSES_MAX = 100;
    private final Problems problems;
    private final Map<String, Integer> ports;

    HealthReader(Problems problems, Map<String, Integer> ports) {
        this.problems = problems;
        this.ports = ports;
    }

    /** What a process's {@code health} says; nothing where it is absent. */
    record Health(Optional<Probe> start, Optional<Probe> readiness, Optional<Probe> liveness) {}

    /** What a probe's own fields are by default. */
    private record Defaults(Duration every, int failures, boolean counted) {}

    Health read(Optional<Fields> health) {
        Health read = new Health(
                probe(health, "start", new Defaults(Duration.ofSeconds(1), 60, false)),
                probe(health, "readiness", new Defaults(Duration.ofSeconds(2), 3, true)),
                probe(health, "liveness", new Defaults(Duration.ofSeconds(10), 3, false)));
        health.ifPresent(Fields::refuseUnknown);
        return read;
    }

    private Optional<Probe> probe(Optional<Fields> health, String role, Defaults defaults) {
        return health.flatMap(it -> it.mapping(role)).flatMap(it -> probe(it, defaults));
    }

    private Optional<Probe> probe(Fields fields, Defaults defaults) {
        Optional<Duration> every = fields.duration("every", Duration.ofMillis(100), Duration.ofHours(1));
        Optional<Duration> timeout = fields.duration("timeout", Duration.ofMillis(10), Duration.ofMinutes(5));
        Optional<Long> failures = fields.integer("failures", 1, FAILURES_MAX);
        Optional<Integer> successes = defaults.counted()
                ? fields.integer("successes", 1, SUCCESSES_MAX).map(Long::intValue)
                : Optional.empty();
        Optional<Duration> grace = fields.duration("grace", Duration.ZERO, Duration.ofHours(1));
        Optional<Probe> bare = kind(fields);
        fields.refuseUnknown();
        return bare.map(it -> new Probe(
                it.httpPath(),
                it.port(),
                every.orElse(defaults.every()),
                timeout.orElse(it.timeout()),
                failures.map(Long::intValue).orElse(defaults.failures()),
                it.command(),
                successes,
                grace));
    }

    /** What is asked, with nothing yet of when. */
    private Optional<Probe> kind(Fields fields) {
        List<String> given =
                KINDS.stream().filter(it -> fields.take(it).isPresent()).toList();
        Optional<String> path = fields.text("http");
        Optional<String> tcp = fields.text("tcp");
        Optional<Node> exec = fields.take("exec");
        Optional<String> port = fields.text("port");
        if (given.size() != 1) {
            String second = given.size() > 1 ? given.get(1) : "http";
            problems.add(
                    fields.at(second),
                    "",
                    given.isEmpty() ? "must be given, or tcp, or exec" : "is given beside " + given.getFirst(),
                    "write one of http: /path, tcp: PORT, exec: [COMMAND, ARGUMENT]");
            return Optional.empty();
        }
        if (port.isPresent() && !given.contains("http")) {
            problems.add(
                    fields.at("port"),
                    port.get(),
                    "is given, but there is no http that it could be the port of",
                    "leave it out");
        }
        return exec.isPresent() ? exec.flatMap(it -> command(fields, it)) : byNetwork(fields, path, tcp, port);
    }

    private Optional<Probe> byNetwork(
            Fields fields, Optional<String> path, Optional<String> tcp, Optional<String> port) {
        if (path.isPresent() && !HTTP_PATH.matcher(path.get()).matches()) {
            problems.add(fields.at("http"), path.get(), "is not a path", "begin with / and use no spaces");
        }
        String named = tcp.or(() -> port).orElseGet(() -> ProcessReader.onlyPort(ports));
        if (!ports.containsKey(named)) {
            problems.add(
                    fields.at(tcp.isPresent() ? "tcp" : "port"),
                    named,
                    ports.isEmpty() ? "is a port, but this process has none" : "is not among the ports of this process",
                    ports.isEmpty() ? "name its ports: ports: {http: 8080}" : "name one of " + ports.keySet());
            return Optional.empty();
        }
        return Optional.of(Probe.of(path, named, Duration.ZERO, Duration.ofSeconds(1), 1));
    }

    private Optional<Probe> command(Fields fields, Node exec) {
        List<String> argv = new ArrayList<>();
        if (!(exec instanceof SequenceNode words) || words.getValue().isEmpty()) {
            problems.add(
                    fields.at("exec"),
                    exec,
                    "is not a list of a command and its arguments",
                    "write [/bin/check, --quick], or [/bin/sh, -c, 'LINE'] for a line of shell");
            return Optional.empty();
        }
        for (Node word : words.getValue()) {
            Fields.text(fields.at("exec") + "[" + argv.size() + "]", word, problems)
                    .ifPresent(argv::add);
        }
        return argv.size() < words.getValue().size() || argv.getFirst().isEmpty()
                ? Optional.empty()
                : Optional.of(Probe.command(List.copyOf(argv), Duration.ZERO, Duration.ofSeconds(1), 1));
    }
}

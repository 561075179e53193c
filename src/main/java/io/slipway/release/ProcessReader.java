package io.slipway.release;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.Node;

/** Reads what runs: processes, their ports, limits and probes. */
final class ProcessReader {
    static final Pattern NAME = Pattern.compile("[a-z]([a-z0-9-]{0,30}[a-z0-9])?");
    private static final Resources RESOURCES = new Resources(0.5, 256L << 20, 256);
    /** Stands for a port that was refused, so that what refers to its name is not refused as well. */
    private static final long REFUSED_PORT = 0;

    private static final int REPLICAS_MAX = 1000;
    private static final List<String> SIGNALS =
            List.of("SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGKILL", "SIGWINCH");
    private final Problems problems;

    ProcessReader(Problems problems) {
        this.problems = problems;
    }

    Map<String, ProcessSpec> read(Fields file) {
        Optional<Node> port = file.take("port");
        Optional<Node> processes = file.take("processes");
        if (port.isPresent() && processes.isPresent()) {
            problems.add("port", port.get(), "is given beside processes", "name the port in processes.web.ports");
        }
        Map<String, ProcessSpec> read = new LinkedHashMap<>();
        if (processes.isEmpty()) {
            Map<String, Integer> ports = port.map(it -> shortPort(it)).orElse(Map.of());
            read.put("web", defaults(file.at("processes.web"), ports));
            return read;
        }
        Fields.of("processes", processes.get(), problems).ifPresent(fields -> {
            for (String name : List.copyOf(fields.names())) {
                fields.take(name).ifPresent(node -> named(fields.at(name), name, node, read));
            }
            if (fields.names().isEmpty()) {
                problems.add("processes", "{}", "names no process", "name at least one: {web: {...}}");
            }
        });
        return read;
    }

    private Map<String, Integer> shortPort(Node port) {
        return Map.of(
                "http",
                Fields.integer("port", port, 1, 65_535, problems)
                        .orElse(REFUSED_PORT)
                        .intValue());
    }

    private ProcessSpec defaults(String path, Map<String, Integer> ports) {
        for (String field : List.of("replicas", "resources", "stop", "restart")) {
            problems.origin(path + "." + field, "built in");
        }
        return ProcessSpec.of(List.of(), 1, ports, RESOURCES, Optional.empty(), "SIGTERM", Duration.ofSeconds(30))
                .withRestart(RestartPolicy.DEFAULT);
    }

    private void named(String path, String name, Node node, Map<String, ProcessSpec> read) {
        if (!NAME.matcher(name).matches()) {
            problems.add(path, name, "is not a process name", "use 1 to 32 lower-case letters, digits and dashes");
        }
        Fields.of(path, node, problems).ifPresent(it -> read.put(name, process(path, it)));
    }

    private ProcessSpec process(String path, Fields fields) {
        List<String> command = command(fields);
        Optional<Long> replicas = fields.integer("replicas", 1, REPLICAS_MAX);
        Map<String, Integer> ports = ports(fields);
        Resources resources = resources(fields);
        HealthReader.Health health = new HealthReader(problems, ports).read(fields.mapping("health"));
        Optional<RestartPolicy> restart = fields.mapping("restart").map(it -> new RestartReader(problems).read(it));
        fields.unsupported("volumes");
        Optional<Fields> stop = fields.mapping("stop");
        Optional<String> signal = stop.flatMap(it -> it.oneOf("signal", SIGNALS, List.of()));
        Optional<Duration> grace = stop.flatMap(it -> it.duration("grace", Duration.ZERO, Duration.ofHours(1)));
        stop.ifPresent(Fields::refuseUnknown);
        fields.refuseUnknown();
        given(replicas, path + ".replicas");
        given(signal, path + ".stop.signal");
        given(grace, path + ".stop.grace");
        given(restart, path + ".restart");
        return new ProcessSpec(
                command,
                replicas.orElse(1L).intValue(),
                ports,
                resources,
                health.readiness(),
                signal.orElse("SIGTERM"),
                grace.orElse(Duration.ofSeconds(30)),
                health.start(),
                health.liveness(),
                restart.or(() -> Optional.of(RestartPolicy.DEFAULT)));
    }

    private List<String> command(Fields fields) {
        List<Node> nodes = fields.list("command");
        List<String> words = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            Fields.text(fields.at("command") + "[" + i + "]", nodes.get(i), problems)
                    .ifPresent(words::add);
        }
        return List.copyOf(words);
    }

    private Map<String, Integer> ports(Fields fields) {
        Map<String, Integer> ports = new LinkedHashMap<>();
        Map<Integer, String> seen = new HashMap<>();
        fields.mapping("ports").ifPresent(it -> {
            for (String name : List.copyOf(it.names())) {
                int port = it.integer(name, 1, 65_535).orElse(REFUSED_PORT).intValue();
                String before = port == REFUSED_PORT ? null : seen.putIfAbsent(port, name);
                if (before != null) {
                    problems.add(
                            it.at(name), "" + port, "is the port of " + before + ", too", "keep one name per port");
                }
                ports.put(name, port);
            }
        });
        return ports;
    }

    private Resources resources(Fields fields) {
        Optional<Fields> given = fields.mapping("resources");
        Optional<Double> cpu = given.flatMap(it -> it.decimal("cpu", 0.01, 256));
        Optional<Long> memory = given.flatMap(this::memory);
        Optional<Long> pids = given.flatMap(it -> it.integer("pids", 1, 1_000_000));
        given.ifPresent(Fields::refuseUnknown);
        given(cpu, fields.at("resources.cpu"));
        given(memory, fields.at("resources.memory"));
        given(pids, fields.at("resources.pids"));
        return new Resources(
                cpu.orElse(RESOURCES.cpu()),
                memory.orElse(RESOURCES.memoryBytes()),
                pids.map(Long::intValue).orElse(RESOURCES.pids()));
    }

    private Optional<Long> memory(Fields fields) {
        Optional<Node> node = fields.take("memory");
        Optional<String> text = node.flatMap(it -> Fields.text(fields.at("memory"), it, problems));
        Optional<Long> bytes = text.flatMap(Units::bytes);
        if (text.isPresent() && (bytes.isEmpty() || bytes.get() < 4L << 20 || bytes.get() > 16L << 40)) {
            String problem = bytes.isPresent()
                    ? "is outside 4MiB to 16TiB"
                    : node.filter(Fields::isNumber).isPresent() ? "has no unit" : "is not a size";
            problems.add(fields.at("memory"), text.get(), problem, "write a number with a unit: 256MiB, 2GiB");
            return Optional.empty();
        }
        return bytes;
    }

    static String onlyPort(Map<String, Integer> ports) {
        return ports.size() == 1 ? ports.keySet().iterator().next() : "http";
    }

    private void given(Optional<?> value, String path) {
        if (value.isEmpty()) {
            problems.origin(path, "built in");
        }
    }
}

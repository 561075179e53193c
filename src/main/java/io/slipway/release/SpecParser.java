package io.slipway.release;

import io.slipway.base.ServiceName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Reads a service file, YAML or JSON, into a {@link ReleaseSpec} with all defaults filled in, or says everything that is wrong with it at once.
 * Only the node tree is used: nothing is constructed from tags, collections cannot be aliased, depth and size are limited.
 */
public final class SpecParser {
    private static final int CHARS_MAX = 256 * 1024;
    private static final int DEPTH_MAX = 30;
    private static final Pattern ENV_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,255}");
    private static final Pattern HOST = Pattern.compile(
            "(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");
    private static final Pattern PATH = Pattern.compile("/[\\x21-\\x7e&&[^?#]]{0,1023}");

    private final Problems problems = new Problems();
    private final PolicyDefaults policy;

    private SpecParser(PolicyDefaults policy) {
        this.policy = policy;
    }

    /** @param policy for what the file does not say */
    public static Parsed parse(String yamlOrJson, PolicyDefaults policy) {
        return new SpecParser(policy).parse(yamlOrJson);
    }

    private Parsed parse(String text) {
        if (text.length() > CHARS_MAX) {
            return refused(
                    "is " + text.length() + " characters long",
                    "a service file has at most " + CHARS_MAX + " characters");
        }
        if (text.isBlank()) {
            return refused("is empty", "a service file names at least service and image");
        }
        try {
            Node root = compose(text);
            Optional<ReleaseSpec> spec = root == null
                    ? Optional.empty()
                    : Fields.of("", root, problems).flatMap(this::read);
            return spec.isPresent() && problems.violations().isEmpty()
                    ? new Parsed.Accepted(spec.get(), Map.copyOf(problems.origins()))
                    : root == null
                            ? refused("is empty", "a service file names at least service and image")
                            : new Parsed.Refused(problems.violations());
        } catch (MarkedYAMLException e) {
            String where = e.getProblemMark() == null
                    ? ""
                    : " (line " + (e.getProblemMark().getLine() + 1) + ", column "
                            + (e.getProblemMark().getColumn() + 1) + ")";
            return String.valueOf(e.getProblem()).contains("another document")
                    ? refused(
                            "holds more than one document" + where,
                            "keep one, without a line ---, and give each a file")
                    : refused("is not YAML or JSON: " + e.getProblem() + where, "mend it there");
        } catch (YAMLException e) {
            return refused(
                    "cannot be read: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                    "write it in plain YAML without control characters and aliases, at most " + DEPTH_MAX
                            + " levels deep");
        }
    }

    private static Parsed refused(String problem, String fix) {
        return new Parsed.Refused(List.of(new Violation("", "", problem, fix)));
    }

    private static @Nullable Node compose(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(0);
        options.setNestingDepthLimit(DEPTH_MAX);
        options.setCodePointLimit(CHARS_MAX);
        String source = text.stripLeading().startsWith("{") ? withoutTabs(text) : text;
        ParserImpl parser = new ParserImpl(new StreamReader(source), options);
        return new Composer(parser, new Resolver(), options).getSingleNode();
    }

    /** JSON may be indented by tabs, YAML not; within strings they stay. */
    private static String withoutTabs(String json) {
        StringBuilder text = new StringBuilder(json);
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == '\t' && !quoted) {
                text.setCharAt(i, ' ');
            }
        }
        return text.toString();
    }

    private Optional<ReleaseSpec> read(Fields file) {
        Optional<ServiceName> service = service(file);
        Optional<String> image = image(file);
        Map<String, ProcessSpec> processes = new ProcessReader(problems).read(file);
        Map<String, String> env = env(file);
        Optional<Route> route = route(file, processes);
        file.unsupported("placement", "secrets");
        boolean routed = file.take("route").isPresent();
        Optional<Fields> release = file.mapping("release");
        ReleasePlan plan = new PlanReader(problems, policy).read(release, routed);
        file.refuseUnknown();
        return service.isPresent() && image.isPresent()
                ? Optional.of(new ReleaseSpec(service.get(), image.get(), processes, env, route, plan))
                : Optional.empty();
    }

    private Optional<ServiceName> service(Fields file) {
        if (file.take("service").isEmpty()) {
            problems.missing("service", "name the service: service: checkout");
            return Optional.empty();
        }
        Optional<String> name = file.text("service");
        if (name.isPresent() && !ServiceName.isValid(name.get())) {
            problems.add(
                    "service",
                    name.get(),
                    "is not a service name",
                    "use 1 to 63 lower-case letters, digits and dashes, beginning with a letter");
            return Optional.empty();
        }
        return name.map(ServiceName::new);
    }

    private Optional<String> image(Fields file) {
        if (file.take("image").isEmpty()) {
            problems.missing("image", "name the image: image: registry.example.com/shop/checkout:1.42.0");
            return Optional.empty();
        }
        Optional<String> image = file.text("image");
        image.flatMap(ImageName::problem)
                .ifPresent(it -> problems.add(
                        "image",
                        image.get(),
                        it,
                        "write registry.example.com/shop/checkout:1.42.0, oci:DIR:TAG, or docker-archive:FILE"));
        return image;
    }

    private Map<String, String> env(Fields file) {
        Map<String, String> env = new LinkedHashMap<>();
        file.mapping("env").ifPresent(fields -> {
            for (String name : List.copyOf(fields.names())) {
                if (!ENV_NAME.matcher(name).matches()) {
                    problems.add(
                            fields.at(name),
                            name,
                            "is not a variable's name",
                            "use letters, digits and underscores, no = in it");
                }
                fields.take(name)
                        .ifPresent(it -> envValue(fields.at(name), it).ifPresent(value -> env.put(name, value)));
            }
        });
        return env;
    }

    /** Line breaks are fine in a variable; NUL cannot be passed to a process. */
    private Optional<String> envValue(String at, Node node) {
        if (!(node instanceof ScalarNode scalar) || scalar.getValue().indexOf('\0') >= 0) {
            problems.add(at, node, "must be text without NUL", "write one value");
            return Optional.empty();
        }
        return Optional.of(scalar.getValue());
    }

    private Optional<Route> route(Fields file, Map<String, ProcessSpec> processes) {
        Optional<Node> node = file.take("route");
        if (node.isEmpty()) {
            return Optional.empty();
        }
        if (node.get() instanceof ScalarNode) {
            return file.text("route")
                    .flatMap(host -> route("route", host, "/", Optional.empty(), Optional.empty(), processes));
        }
        return file.mapping("route").flatMap(fields -> {
            Optional<String> host = fields.text("host");
            Optional<String> path = fields.text("path");
            Optional<String> process = fields.text("process");
            Optional<String> port = fields.text("port");
            fields.oneOf("affinity", List.of("revision"), List.of("none", "client"));
            fields.refuseUnknown();
            if (fields.take("host").isEmpty()) {
                problems.missing("route.host", "name the host that requests are for: host: checkout.example.com");
            }
            if (path.isPresent() && !PATH.matcher(path.get()).matches()) {
                problems.add("route.path", path.get(), "is not a path", "begin with / and use no spaces");
            }
            return host.flatMap(it -> route("route.host", it, path.orElse("/"), process, port, processes));
        });
    }

    private Optional<Route> route(
            String hostField,
            String host,
            String path,
            Optional<String> process,
            Optional<String> port,
            Map<String, ProcessSpec> processes) {
        if (!HOST.matcher(host).matches()) {
            problems.add(hostField, host, "is not a host name", "write a name such as checkout.example.com");
        }
        String name = process.orElseGet(
                () -> processes.size() == 1 ? processes.keySet().iterator().next() : "web");
        ProcessSpec target = processes.get(name);
        if (target == null) {
            if (!processes.isEmpty()) {
                problems.add("route.process", name, "is not among the processes", "name one of " + processes.keySet());
            }
            return Optional.empty();
        }
        String portName = port.orElseGet(() -> ProcessReader.onlyPort(target.ports()));
        if (!target.ports().containsKey(portName)) {
            problems.add(
                    "route.port",
                    portName,
                    "is not among the ports of " + name,
                    "name a port of it, or write port: 8080 at the top");
            return Optional.empty();
        }
        return Optional.of(new Route(host, path, name, portName));
    }
}

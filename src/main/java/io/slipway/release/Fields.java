package io.slipway.release;

import io.slipway.base.NearestName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** The fields of one mapping. Each that is asked for is known by that; {@link #refuseUnknown} names the others. */
final class Fields {
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
    private static final String DURATION_FIX = "write a number with a unit: 500ms, 10s, 5m, 24h";
    private final String path;
    private final Problems problems;
    private final Map<String, Node> given = new LinkedHashMap<>();
    private final Set<String> known = new TreeSet<>();

    private Fields(String path, Problems problems) {
        this.path = path;
        this.problems = problems;
    }

    /** Refuses what is not a mapping, keys that are not plain text, and keys that come twice. */
    static Optional<Fields> of(String path, Node node, Problems problems) {
        if (!(node instanceof MappingNode mapping)) {
            problems.add(path, node, "must be a mapping of fields", "write {name: value, ...}");
            return Optional.empty();
        }
        Fields fields = new Fields(path, problems);
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.add(path, tuple.getKeyNode(), "has a field name that is not text", "use plain names");
            } else if (fields.given.putIfAbsent(key.getValue(), tuple.getValueNode()) != null) {
                problems.add(fields.at(key.getValue()), tuple.getValueNode(), "is given twice", "keep one of them");
            }
        }
        return Optional.of(fields);
    }

    /** Path of a field of this mapping. */
    String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    Set<String> names() {
        return given.keySet();
    }

    /** A value that is there and not null. */
    Optional<Node> take(String name) {
        known.add(name);
        return Optional.ofNullable(given.get(name)).filter(it -> !it.getTag().equals(Tag.NULL));
    }

    Optional<Fields> mapping(String name) {
        return take(name).flatMap(it -> of(at(name), it, problems));
    }

    List<Node> list(String name) {
        Optional<Node> node = take(name);
        if (node.isEmpty()) {
            return List.of();
        }
        if (node.get() instanceof SequenceNode sequence) {
            return sequence.getValue();
        }
        problems.add(at(name), node.get(), "must be a list", "write [...] or lines that begin with a dash");
        return List.of();
    }

    Optional<String> text(String name) {
        return take(name).flatMap(it -> text(at(name), it, problems));
    }

    static Optional<String> text(String at, Node node, Problems problems) {
        if (!(node instanceof ScalarNode scalar)) {
            problems.add(at, node, "must be text", "write one value");
            return Optional.empty();
        }
        if (CONTROL.matcher(scalar.getValue()).find()) {
            String shown = CONTROL.matcher(scalar.getValue()).replaceAll("?");
            problems.add(at, shown, "contains a control character, such as a line break", "write it on one line");
            return Optional.empty();
        }
        return Optional.of(scalar.getValue());
    }

    Optional<Duration> duration(String name, Duration min, Duration max) {
        return take(name).flatMap(it -> duration(at(name), it, min, max));
    }

    Optional<Duration> duration(String at, Node node, Duration min, Duration max) {
        Optional<String> text = text(at, node, problems);
        Optional<Duration> duration = text.flatMap(Units::duration);
        if (text.isPresent() && duration.isEmpty()) {
            problems.add(at, node, isNumber(node) ? "has no unit" : "is not a duration", DURATION_FIX);
        }
        if (duration.isPresent()
                && (duration.get().compareTo(min) < 0 || duration.get().compareTo(max) > 0)) {
            String range = Units.render(min) + " to " + Units.render(max);
            problems.add(at, node, "is outside " + range, "choose a duration from " + range);
            return Optional.empty();
        }
        return duration;
    }

    Optional<Long> integer(String name, long min, long max) {
        return take(name).flatMap(it -> integer(at(name), it, min, max, problems));
    }

    static Optional<Long> integer(String at, Node node, long min, long max, Problems problems) {
        Optional<Long> number =
                node instanceof ScalarNode scalar && scalar.getValue().matches("-?\\d{1,18}")
                        ? Optional.of(Long.parseLong(scalar.getValue()))
                        : Optional.empty();
        if (number.isEmpty() || number.get() < min || number.get() > max) {
            String range = min + " to " + max;
            problems.add(
                    at,
                    node,
                    number.isEmpty() ? "is not a whole number" : "is outside " + range,
                    "write a whole number from " + range);
            return Optional.empty();
        }
        return number;
    }

    Optional<Double> decimal(String name, double min, double max) {
        Optional<Node> node = take(name);
        Optional<Double> number = node.filter(it ->
                        it instanceof ScalarNode scalar && scalar.getValue().matches("\\d{1,12}(\\.\\d{1,12})?"))
                .map(it -> Double.parseDouble(((ScalarNode) it).getValue()))
                .filter(it -> it >= min && it <= max);
        if (node.isPresent() && number.isEmpty()) {
            problems.add(
                    at(name),
                    node.get(),
                    "is not a number from " + min + " to " + max,
                    "write a number from " + min + " to " + max);
        }
        return number;
    }

    Optional<Boolean> flag(String name) {
        Optional<Node> node = take(name);
        if (node.isPresent() && !node.get().getTag().equals(Tag.BOOL)) {
            problems.add(at(name), node.get(), "is neither true nor false", "write true or false");
            return Optional.empty();
        }
        return node.map(it -> ((ScalarNode) it).getValue().equalsIgnoreCase("true"));
    }

    /** Text that must be one of a few. */
    Optional<String> oneOf(String name, List<String> supported, List<String> others) {
        Optional<Node> node = take(name);
        Optional<String> text = node.flatMap(it -> text(at(name), it, problems));
        if (text.isPresent() && others.contains(text.get())) {
            problems.add(
                    at(name), text.get(), "is not supported in this version", "use " + String.join(" or ", supported));
            return Optional.empty();
        }
        if (text.isPresent() && !supported.contains(text.get())) {
            problems.add(
                    at(name),
                    text.get(),
                    "is not one of " + String.join(", ", supported),
                    nearest(text.get(), supported));
            return Optional.empty();
        }
        return text;
    }

    void unsupported(String... names) {
        for (String name : names) {
            take(name).ifPresent(it -> problems.unsupported(at(name), it));
        }
    }

    void refuseUnknown() {
        List<String> unknown = new ArrayList<>(given.keySet());
        unknown.removeAll(known);
        for (String name : unknown) {
            Node value = given.get(name);
            if (value != null) {
                problems.add(at(name), value, "is not a known field", nearest(name, known));
            }
        }
    }

    static boolean isNumber(Node node) {
        return node.getTag().equals(Tag.INT) || node.getTag().equals(Tag.FLOAT);
    }

    private static String nearest(String name, java.util.Collection<String> known) {
        return NearestName.of(name, known)
                .map(it -> "did you mean " + it + "?")
                .orElseGet(() -> "use one of " + String.join(", ", known));
    }
}

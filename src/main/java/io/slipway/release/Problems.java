package io.slipway.release;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** What was found while reading one file: everything wrong with it, and where defaults came from. */
final class Problems {
    private static final int VALUE_CHARS_MAX = 200;
    private final List<Violation> violations = new ArrayList<>();
    private final Map<String, String> origins = new TreeMap<>();

    void add(String field, String value, String problem, String fix) {
        violations.add(new Violation(field, cut(value), problem, fix));
    }

    void add(String field, Node value, String problem, String fix) {
        add(field, text(value), problem, fix);
    }

    void missing(String field, String fix) {
        add(field, "", "is missing", fix);
    }

    void unsupported(String field, Node value) {
        add(field, value, "is not supported in this version", "leave it out");
    }

    void origin(String field, String from) {
        origins.put(field, from);
    }

    List<Violation> violations() {
        return List.copyOf(violations);
    }

    Map<String, String> origins() {
        return origins;
    }

    private static String cut(String value) {
        return value.length() <= VALUE_CHARS_MAX ? value : value.substring(0, VALUE_CHARS_MAX);
    }

    private static String text(Node node) {
        return switch (node) {
            case ScalarNode scalar -> scalar.getValue();
            case MappingNode mapping -> "a mapping of " + mapping.getValue().size() + " fields";
            case SequenceNode sequence -> "a list of " + sequence.getValue().size();
            default -> node.getTag().getValue();
        };
    }
}

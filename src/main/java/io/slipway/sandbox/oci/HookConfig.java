package io.slipway.sandbox.oci;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One command of {@code hooks} (config.md, "POSIX-platform Hooks").
 *
 * @param at where it stands, e.g. {@code hooks.prestart[0]}
 * @param args begin with the program's own name, as for execv(3)
 */
record HookConfig(String at, String path, List<String> args, List<String> env, Optional<Duration> timeout) {
    /** When hooks run, in this order. */
    enum Point {
        PRESTART("prestart"),
        CREATE_RUNTIME("createRuntime"),
        CREATE_CONTAINER("createContainer"),
        START_CONTAINER("startContainer"),
        POSTSTART("poststart"),
        POSTSTOP("poststop");

        private final String property;

        Point(String property) {
            this.property = property;
        }

        String property() {
            return property;
        }
    }

    static Map<Point, List<HookConfig>> parse(Node node) throws ConfigException {
        Map<Point, List<HookConfig>> hooks = new java.util.EnumMap<>(Point.class);
        for (Point point : Point.values()) {
            List<HookConfig> list = new ArrayList<>();
            for (Node one : node.at(point.property()).list()) {
                list.add(one(one));
            }
            hooks.put(point, List.copyOf(list));
        }
        return hooks;
    }

    private static HookConfig one(Node node) throws ConfigException {
        String path = node.at("path").absolutePath();
        Node timeout = node.at("timeout");
        List<String> args = node.at("args").texts();
        return new HookConfig(
                node.path(),
                path,
                args.isEmpty() ? List.of(path) : args,
                node.at("env").texts(),
                timeout.present()
                        ? Optional.of(Duration.ofSeconds(timeout.integer(1, Integer.MAX_VALUE)))
                        : Optional.empty());
    }
}

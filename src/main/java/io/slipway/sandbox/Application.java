package io.slipway.sandbox;

import java.util.List;
import java.util.Map;

/**
 * The process that a container is there for.
 *
 * @param argv what to run; a name without a slash is looked for in the environment's PATH
 * @param workingDirectory made when it is missing
 * @param user {@code name}, {@code uid}, {@code name:group} or {@code uid:gid}, by the image's /etc/passwd and /etc/group; empty means 0
 * @param groups beside those of the user, by name or number
 */
public record Application(
        List<String> argv, Map<String, String> env, String workingDirectory, String user, List<String> groups) {
    public Application {
        if (argv.isEmpty()) {
            throw new IllegalArgumentException("the container has no command to run");
        }
        argv = List.copyOf(argv);
        env = Map.copyOf(env);
        groups = List.copyOf(groups);
    }

    /** Root's, in {@code /}, with no environment of its own. */
    public static Application of(List<String> argv) {
        return new Application(argv, Map.of(), "/", "", List.of());
    }

    public Application withEnv(Map<String, String> other) {
        return new Application(argv, other, workingDirectory, user, groups);
    }

    public Application withWorkingDirectory(String other) {
        return new Application(argv, env, other, user, groups);
    }

    public Application withUser(String other) {
        return new Application(argv, env, workingDirectory, other, groups);
    }

    public Application withGroups(List<String> other) {
        return new Application(argv, env, workingDirectory, user, other);
    }
}

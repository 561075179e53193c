package io.slipway.sandbox;

import java.util.List;
import java.util.Map;

/**
 * The process that a container is there for.
 *
 * @param argv what to run; a name without a slash is looked for in the environment's PATH
 * @param workingDirectory absolute; made when it is missing
 * @param user {@code name}, {@code uid}, {@code name:group} or {@code uid:gid}, by the image's /etc/passwd and /etc/group; empty means 0
 * @param groups beside those of the user, by name or number
 */
public record Application(
        List<String> argv, Map<String, String> env, String workingDirectory, String user, List<String> groups) {
    public Application {
        if (argv.isEmpty()) {
            throw new IllegalArgumentException("the container has no command to run");
        }
        Environment.check(argv);
        Environment.check(env);
        workingDirectory = Environment.directory(workingDirectory);
        groups.forEach(Application::requireGroup);
        argv = List.copyOf(argv);
        env = Map.copyOf(env);
        groups = List.copyOf(groups);
        argv.forEach(word -> requireWhole("the command", word));
        env.forEach((name, value) -> requireWhole("the environment", name + "=" + value));
        requireWhole("the working directory", workingDirectory);
    }

    /** The kernel ends a text at a NUL: what would run is not what is shown. */
    private static void requireWhole(String what, String text) {
        int nul = text.indexOf(0);
        if (nul >= 0) {
            throw new IllegalArgumentException(what + " holds a NUL character, after '" + text.substring(0, nul)
                    + "': the kernel would pass on no more than that, so nothing is run. Build the image, or say it,"
                    + " without NUL");
        }
    }

    /** Of the image's names nothing is known yet. */
    private static void requireGroup(String group) {
        boolean number = group.matches("-?[0-9]+");
        if (group.isBlank() || group.contains(":") || (number && !Accounts.isId(group))) {
            throw new IllegalArgumentException("group '" + group
                    + "' is neither a name of the image's /etc/group nor a " + "number from 0 to " + Accounts.ID_MAX);
        }
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

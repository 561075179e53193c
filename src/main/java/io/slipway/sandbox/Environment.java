package io.slipway.sandbox;

import java.util.List;
import java.util.Map;

/** What a program is told at its start, by execve(2): texts that end with a NUL. */
final class Environment {
    private Environment() {}

    /** @throws IllegalArgumentException for a name that is none, or a value that the kernel would cut off; the value itself is not told */
    static void check(Map<String, String> env) {
        env.forEach((name, value) -> {
            if (name.isEmpty()) {
                throw new IllegalArgumentException(
                        "an environment variable has no name; write NAME=VALUE, as LOG_LEVEL=info");
            }
            if (name.contains("=") || name.indexOf(0) >= 0) {
                throw new IllegalArgumentException("'" + name.replace('\0', '?')
                        + "' is no name of an environment variable: it has = or NUL in it; write NAME=VALUE");
            }
            if (value.indexOf(0) >= 0) {
                throw new IllegalArgumentException("the value of environment variable " + name
                        + " has NUL in it, where the kernel would cut it off; give it as a file");
            }
        });
    }

    /** @throws IllegalArgumentException for an argument that the kernel would cut off */
    static void check(List<String> argv) {
        for (int i = 0; i < argv.size(); i++) {
            if (argv.get(i).indexOf(0) >= 0) {
                throw new IllegalArgumentException(
                        "argument " + i + " of the command has NUL in it, where the kernel would cut it off");
            }
        }
        if (argv.getFirst().isEmpty()) {
            throw new IllegalArgumentException("the command is empty; name a program");
        }
    }

    /** @throws IllegalArgumentException if it is not absolute */
    static String directory(String path) {
        if (!path.startsWith("/") || path.indexOf(0) >= 0) {
            throw new IllegalArgumentException("working directory '" + path.replace('\0', '?')
                    + "' is not absolute; write it from /, as /srv/app");
        }
        return path;
    }
}

package io.slipway.sandbox;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a container is started as.
 *
 * @param id unique within a state directory: 1 to 63 letters, digits, dashes, dots and underscores
 * @param layers directories of the root, lowest first; owned within the id range
 * @param argv what to run; a name without a slash is looked for in the environment's PATH
 * @param workingDirectory made when it is missing
 * @param user {@code name}, {@code uid}, {@code name:group} or {@code uid:gid}, by the image's /etc/passwd and /etc/group; empty means 0
 * @param network whether the runtime's network is attached; otherwise there is only lo
 * @param userNamespace the ids that it gets; empty runs it without a user namespace, which is weaker
 * @param labels kept with it for whoever started it, e.g. its image; mean nothing here
 */
public record SandboxSpec(
        String id,
        List<Path> layers,
        List<String> argv,
        Map<String, String> env,
        String workingDirectory,
        String user,
        String hostname,
        Limits limits,
        List<BindMount> mounts,
        boolean network,
        Optional<IdRange> userNamespace,
        Map<String, String> labels) {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");

    public SandboxSpec {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("'" + id + "' is no id for a container: "
                    + "1 to 63 letters, digits, dashes, dots and underscores, beginning with a letter or digit");
        }
        if (argv.isEmpty()) {
            throw new IllegalArgumentException("container " + id + " has no command to run");
        }
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("container " + id + " has no layers");
        }
        if (hostname.isBlank() || hostname.length() > 63) {
            throw new IllegalArgumentException("host name '" + hostname + "' is not 1 to 63 characters long");
        }
        layers = List.copyOf(layers);
        argv = List.copyOf(argv);
        env = Map.copyOf(env);
        mounts = List.copyOf(mounts);
        labels = Map.copyOf(labels);
    }

    /** Root's, in {@code /}, without limits, mounts and network, in a user namespace. */
    public static SandboxSpec of(String id, List<Path> layers, List<String> argv) {
        String hostname = id.replaceAll("[^A-Za-z0-9-]", "-");
        return new SandboxSpec(
                id,
                layers,
                argv,
                Map.of(),
                "/",
                "",
                hostname,
                Limits.NONE,
                List.of(),
                false,
                Optional.of(IdRange.DEFAULT),
                Map.of());
    }

    public SandboxSpec withEnv(Map<String, String> other) {
        return new SandboxSpec(
                id,
                layers,
                argv,
                other,
                workingDirectory,
                user,
                hostname,
                limits,
                mounts,
                network,
                userNamespace,
                labels);
    }

    public SandboxSpec withWorkingDirectory(String other) {
        return new SandboxSpec(
                id, layers, argv, env, other, user, hostname, limits, mounts, network, userNamespace, labels);
    }

    public SandboxSpec withUser(String other) {
        return new SandboxSpec(
                id,
                layers,
                argv,
                env,
                workingDirectory,
                other,
                hostname,
                limits,
                mounts,
                network,
                userNamespace,
                labels);
    }

    public SandboxSpec withHostname(String other) {
        return new SandboxSpec(
                id, layers, argv, env, workingDirectory, user, other, limits, mounts, network, userNamespace, labels);
    }

    public SandboxSpec withLimits(Limits other) {
        return new SandboxSpec(
                id, layers, argv, env, workingDirectory, user, hostname, other, mounts, network, userNamespace, labels);
    }

    public SandboxSpec withMounts(List<BindMount> other) {
        return new SandboxSpec(
                id, layers, argv, env, workingDirectory, user, hostname, limits, other, network, userNamespace, labels);
    }

    public SandboxSpec withNetwork(boolean other) {
        return new SandboxSpec(
                id, layers, argv, env, workingDirectory, user, hostname, limits, mounts, other, userNamespace, labels);
    }

    public SandboxSpec withUserNamespace(Optional<IdRange> other) {
        return new SandboxSpec(
                id, layers, argv, env, workingDirectory, user, hostname, limits, mounts, network, other, labels);
    }

    public SandboxSpec withLabels(Map<String, String> other) {
        return new SandboxSpec(
                id, layers, argv, env, workingDirectory, user, hostname, limits, mounts, network, userNamespace, other);
    }
}

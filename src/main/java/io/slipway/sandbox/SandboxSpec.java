package io.slipway.sandbox;

import io.slipway.sandbox.cgroup.Limits;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a container is started as.
 *
 * @param id unique within a state directory: 1 to 63 letters, digits, dashes, dots and underscores
 * @param labels kept with it for whoever started it, e.g. its image; mean nothing here
 */
public record SandboxSpec(
        String id,
        Application application,
        Root root,
        Namespaces namespaces,
        Privileges privileges,
        Limits limits,
        Map<String, String> labels) {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");

    public SandboxSpec {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("'" + id + "' is no id for a container: "
                    + "1 to 63 letters, digits, dashes, dots and underscores, beginning with a letter or digit");
        }
        labels = Map.copyOf(labels);
    }

    /** Root's, in {@code /}, without limits, mounts and network, in a user namespace. */
    public static SandboxSpec of(String id, List<Path> layers, List<String> argv) {
        return new SandboxSpec(
                id,
                Application.of(argv),
                Root.of(layers),
                Namespaces.of(id.replaceAll("[^A-Za-z0-9-]", "-")),
                Privileges.DEFAULT,
                Limits.NONE,
                Map.of());
    }

    public SandboxSpec withId(String other) {
        return new SandboxSpec(other, application, root, namespaces, privileges, limits, labels);
    }

    public SandboxSpec withApplication(Application other) {
        return new SandboxSpec(id, other, root, namespaces, privileges, limits, labels);
    }

    public SandboxSpec withRoot(Root other) {
        return new SandboxSpec(id, application, other, namespaces, privileges, limits, labels);
    }

    public SandboxSpec withNamespaces(Namespaces other) {
        return new SandboxSpec(id, application, root, other, privileges, limits, labels);
    }

    public SandboxSpec withPrivileges(Privileges other) {
        return new SandboxSpec(id, application, root, namespaces, other, limits, labels);
    }

    public SandboxSpec withLimits(Limits other) {
        return new SandboxSpec(id, application, root, namespaces, privileges, other, labels);
    }

    public SandboxSpec withLabels(Map<String, String> other) {
        return new SandboxSpec(id, application, root, namespaces, privileges, limits, other);
    }

    // Short for the parts that are set most often.

    public SandboxSpec withEnv(Map<String, String> other) {
        return withApplication(application.withEnv(other));
    }

    public SandboxSpec withWorkingDirectory(String other) {
        return withApplication(application.withWorkingDirectory(other));
    }

    public SandboxSpec withUser(String other) {
        return withApplication(application.withUser(other));
    }

    public SandboxSpec withMounts(List<BindMount> other) {
        return withRoot(root.withBinds(other));
    }

    public SandboxSpec withHostname(String other) {
        return withNamespaces(namespaces.withHostname(other));
    }

    public SandboxSpec withNetwork(boolean other) {
        return withNamespaces(namespaces.withNetwork(other));
    }

    public SandboxSpec withHostNamespace(Namespace namespace, String reason) {
        return withNamespaces(namespaces.withHost(namespace, reason));
    }
}

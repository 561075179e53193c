package io.slipway.sandbox;

import io.slipway.linux.PidOne;
import io.slipway.sandbox.cgroup.Limits;
import io.slipway.sandbox.log.LogLimits;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a container is started as.
 *
 * @param id unique within a state directory: 1 to 63 letters, digits, dashes, dots and underscores
 * @param labels kept with it for whoever started it, e.g. its image; mean nothing here
 * @param log how much is kept of what it writes
 * @param atEnd what is done with it once it has ended
 * @param console how who starts it uses it
 */
public record SandboxSpec(
        String id,
        Application application,
        Root root,
        Namespaces namespaces,
        Privileges privileges,
        Limits limits,
        Map<String, String> labels,
        LogLimits log,
        AtEnd atEnd,
        Console console) {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");

    /** What is done with a container once it has ended. */
    public enum AtEnd {
        KEEP,
        /** Removed by who started it; by whoever comes next, where that one is gone. */
        REMOVE
    }

    public SandboxSpec {
        checkId(id);
        labels = Map.copyOf(labels);
        // A record written by an earlier version has none of these.
        log = log == null ? LogLimits.DEFAULT : log;
        atEnd = atEnd == null ? AtEnd.KEEP : atEnd;
        console = console == null ? Console.NONE : console;
    }

    /** @throws IllegalArgumentException if no container can have it, saying what an id is made of */
    public static void checkId(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "'" + id.replaceAll("\\p{Cntrl}", "?") + "' is no id for a container: write "
                            + "1 to 63 letters (a to z), digits, dashes, dots and underscores, beginning with a letter or digit");
        }
    }

    /** Root's, in {@code /}, without limits, mounts and network, in a user namespace. */
    public static SandboxSpec of(String id, List<Path> layers, List<String> argv) {
        // Before its host name is made of it, which would be found wrong in its stead.
        checkId(id);
        return new SandboxSpec(
                id,
                Application.of(argv),
                Root.of(layers),
                Namespaces.ofContainer(id),
                Privileges.DEFAULT,
                Limits.NONE,
                Map.of(),
                LogLimits.DEFAULT,
                AtEnd.KEEP,
                Console.NONE);
    }

    /** The pid 1 that its application needs. */
    PidOne pidOne() {
        return new PidOne(
                console.terminal().isPresent(),
                privileges.resourceLimits().stream()
                        .filter(ResourceLimit::isOfFiles)
                        .map(limit -> new PidOne.FileSize(limit.soft(), limit.hard()))
                        .findFirst());
    }

    public SandboxSpec withId(String other) {
        return new SandboxSpec(other, application, root, namespaces, privileges, limits, labels, log, atEnd, console);
    }

    public SandboxSpec withApplication(Application other) {
        return new SandboxSpec(id, other, root, namespaces, privileges, limits, labels, log, atEnd, console);
    }

    public SandboxSpec withRoot(Root other) {
        return new SandboxSpec(id, application, other, namespaces, privileges, limits, labels, log, atEnd, console);
    }

    public SandboxSpec withNamespaces(Namespaces other) {
        return new SandboxSpec(id, application, root, other, privileges, limits, labels, log, atEnd, console);
    }

    public SandboxSpec withPrivileges(Privileges other) {
        return new SandboxSpec(id, application, root, namespaces, other, limits, labels, log, atEnd, console);
    }

    public SandboxSpec withLimits(Limits other) {
        return new SandboxSpec(id, application, root, namespaces, privileges, other, labels, log, atEnd, console);
    }

    public SandboxSpec withLabels(Map<String, String> other) {
        return new SandboxSpec(id, application, root, namespaces, privileges, limits, other, log, atEnd, console);
    }

    public SandboxSpec withLog(LogLimits other) {
        return new SandboxSpec(id, application, root, namespaces, privileges, limits, labels, other, atEnd, console);
    }

    public SandboxSpec withAtEnd(AtEnd other) {
        return new SandboxSpec(id, application, root, namespaces, privileges, limits, labels, log, other, console);
    }

    public SandboxSpec withConsole(Console other) {
        return new SandboxSpec(id, application, root, namespaces, privileges, limits, labels, log, atEnd, other);
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

    public SandboxSpec withNetwork(Connection other) {
        return withNamespaces(namespaces.withNetwork(other));
    }

    public SandboxSpec withHostNamespace(Namespace namespace, String reason) {
        return withNamespaces(namespaces.withHost(namespace, reason));
    }
}

package io.slipway.sandbox;

import io.slipway.linux.Descriptor;
import io.slipway.linux.ProcessIdentity;
import io.slipway.linux.Spawn;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Namespaces of a running container, opened for another one to enter (setns(2)). */
final class JoinedNamespaces implements AutoCloseable {
    private final Map<Namespace, Descriptor> opened = new EnumMap<>(Namespace.class);
    private final List<Descriptor> owned = new ArrayList<>();

    /** None. */
    JoinedNamespaces() {}

    /**
     * Those of a container that are to be entered, and its user namespace, if it has one, as that gives the right to enter them.
     *
     * @throws IOException if it has ended
     */
    static JoinedNamespaces of(Sandbox container, List<Namespace> wanted) throws IOException {
        JoinedNamespaces joined = new JoinedNamespaces();
        try {
            ProcessIdentity pidOne = container
                    .record()
                    .process()
                    .filter(process -> container.state() == Sandbox.State.RUNNING)
                    .orElseThrow(() -> ended(container));
            if (container.spec().namespaces().user().isPresent()) {
                joined.open(pidOne, Namespace.USER);
            }
            for (Namespace namespace : wanted) {
                if (namespace != Namespace.USER) {
                    joined.open(pidOne, namespace);
                }
            }
            // The number may have come to mean another process between the look and the open.
            if (!pidOne.runs()) {
                throw ended(container);
            }
            return joined;
        } catch (IOException | RuntimeException e) {
            joined.close();
            throw e;
        }
    }

    private static IOException ended(Sandbox container) {
        return new IOException("container " + container.id() + ", whose namespaces are to be joined, does not run");
    }

    private void open(ProcessIdentity pidOne, Namespace namespace) throws IOException {
        Path path = Path.of("/proc/" + pidOne.pid() + "/ns/" + namespace.text());
        Descriptor descriptor = Syscalls.open(path, Syscalls.O_RDONLY, 0);
        owned.add(descriptor);
        opened.put(namespace, descriptor);
    }

    /** To be entered by the child, in this order. The pid namespace is not among them: one is born into it. */
    List<Map.Entry<Namespace, Descriptor>> entered() {
        return opened.entrySet().stream()
                .filter(entry -> entry.getKey() != Namespace.PID)
                .toList();
    }

    /** What the child is born into. */
    List<Spawn.Join> birth() throws IOException {
        Descriptor pid = opened.get(Namespace.PID);
        if (pid == null) {
            return List.of();
        }
        Descriptor own = Syscalls.open(Path.of("/proc/thread-self/ns/pid"), Syscalls.O_RDONLY, 0);
        owned.add(own);
        return List.of(new Spawn.Join(pid, own, Namespace.PID.flag()));
    }

    @Override
    public void close() {
        owned.forEach(Descriptor::close);
    }
}

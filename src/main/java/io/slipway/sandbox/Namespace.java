package io.slipway.sandbox;

import io.slipway.base.NearestName;
import io.slipway.linux.Spawn;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What processes of a host share unless they have one of their own (namespaces(7)). A container's mounts are always its own, as its root is made of
 * them.
 */
public enum Namespace {
    /** Ids: root of the container is nobody to the host. */
    USER(Spawn.NEWUSER),
    /** Processes that are seen, and can be signalled. */
    PID(Spawn.NEWPID),
    /** Network devices, addresses, ports, and sockets in the abstract name space. */
    NET(Spawn.NEWNET),
    /** System V IPC and POSIX message queues. */
    IPC(Spawn.NEWIPC),
    /** The host's name. */
    UTS(Spawn.NEWUTS),
    /** Which cgroup is seen as the top. */
    CGROUP(Spawn.NEWCGROUP);

    private final long flag;

    Namespace(long flag) {
        this.flag = flag;
    }

    /** {@code CLONE_NEW*}, as clone(2), unshare(2) and setns(2) take it. */
    long flag() {
        return flag;
    }

    /** As {@code CLONE_NEWNET}. */
    String constant() {
        return "CLONE_NEW" + name();
    }

    /** As in /proc/PID/ns and on the command line: {@code net}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if there is none of that name */
    public static Namespace of(String text) {
        List<String> names = Stream.of(values()).map(Namespace::text).toList();
        int index = names.indexOf(text);
        if (index < 0) {
            throw new IllegalArgumentException("there is no namespace '" + text + "'"
                    + NearestName.question(text, names) + " Known are " + String.join(", ", names)
                    + "; a container's mounts are always its own.");
        }
        return values()[index];
    }
}

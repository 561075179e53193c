package io.slipway.sandbox;

import io.slipway.base.NearestName;
import io.slipway.linux.Errno;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Kernel parameters that are a namespace's own, so that a container's value concerns nobody else (sysctl(8), namespaces(7)). */
final class Sysctls {
    private static final Set<String> IPC = Set.of(
            "kernel.msgmax",
            "kernel.msgmnb",
            "kernel.msgmni",
            "kernel.sem",
            "kernel.shmall",
            "kernel.shmmax",
            "kernel.shmmni",
            "kernel.shm_rmid_forced");
    private static final String MESSAGE_QUEUES = "fs.mqueue.";
    private static final String NETWORK = "net.";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+([./][A-Za-z0-9_.-]+)+");

    private Sysctls() {}

    /**
     * A value that may be set.
     *
     * @throws IllegalArgumentException if it is the whole host's, or of a namespace that the container has not of its own
     */
    static void check(String name, String value, boolean ownNetwork, boolean ownIpc) {
        String dotted = name.replace('/', '.');
        if (!NAME.matcher(name).matches() || List.of(name.split("[./]", -1)).contains("")) {
            throw new IllegalArgumentException("'" + name + "' is no name of a kernel parameter");
        }
        if (value.isBlank() || value.chars().anyMatch(c -> c < ' ' && c != '\t')) {
            throw new IllegalArgumentException("the value of " + name + " is empty or has a control character");
        }
        if (dotted.startsWith(NETWORK)) {
            demand(ownNetwork, name, "network");
        } else if (dotted.startsWith(MESSAGE_QUEUES) || IPC.contains(dotted)) {
            demand(ownIpc, name, "IPC");
        } else {
            throw new IllegalArgumentException("kernel parameter " + name + " is the whole host's, so no container may "
                    + "set it" + NearestName.question(dotted, IPC) + " There may be set: net.*, fs.mqueue.*, "
                    + String.join(", ", IPC.stream().sorted().toList()) + ".");
        }
    }

    private static void demand(boolean own, String name, String namespace) {
        if (!own) {
            throw new IllegalArgumentException("kernel parameter " + name + " belongs to the " + namespace
                    + " namespace, and the container has none of its own: it would be set for others too");
        }
    }

    /** What it means that one could not be set. */
    static Optional<String> meaning(String name, String value, int errno) {
        return Optional.ofNullable(
                switch (errno) {
                    case Errno.ENOENT, Errno.ENOTDIR ->
                        "a container has no kernel parameter " + name
                                + ": this kernel does not know it, has it only for the"
                                + " whole host, or in a module that is not loaded; leave it out, or see which there are with"
                                + " 'slipway run IMAGE ls -R /proc/sys'";
                    case Errno.EACCES, Errno.EPERM, Errno.EISDIR ->
                        "kernel parameter " + name + " is not to be set in a container; leave it out";
                    case Errno.EINVAL, Errno.ERANGE ->
                        "kernel parameter " + name + " does not take the value '" + value
                                + "'; see kernel: Documentation/admin-guide/sysctl, or networking/ip-sysctl";
                    default -> null;
                });
    }

    /** The file that stands for it. A name with a slash has its dots within, e.g. {@code net/ipv4/conf/eth0.1/forwarding}. */
    static String path(String name) {
        return "/proc/sys/" + (name.contains("/") ? name : name.replace('.', '/'));
    }
}

package io.slipway.sandbox.oci;

import io.slipway.linux.Spawn;
import io.slipway.linux.SyscallException;
import io.slipway.linux.SyscallProgram.Step;
import io.slipway.sandbox.seccomp.Filter;
import io.slipway.sandbox.seccomp.Profile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Hands the descriptor by which calls of a process are decided (seccomp_unotify(2)) to the supervisor that its bundle names, with what is known of the
 * process: "The Container Process State" of the runtime specification, config-linux.md.
 */
final class SeccompListener {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private final Profile.Listener supervisor;
    private final Step installed;

    private SeccompListener(Profile.Listener supervisor, Step installed) {
        this.supervisor = supervisor;
        this.installed = installed;
    }

    /** Empty if nobody is to be asked about calls. */
    static Optional<SeccompListener> of(Optional<Filter> filter, PrivilegeSteps privileges) {
        return filter.flatMap(Filter::listener)
                .flatMap(supervisor -> privileges.listener(filter).map(step -> new SeccompListener(supervisor, step)));
    }

    /** Whether the filter is installed before that call. */
    boolean comesBefore(Step other) {
        return installed.index() < other.index();
    }

    /**
     * Waits until the filter is installed; the child may stand still at its next call until the supervisor has answered.
     *
     * @param state of the container
     * @throws OciException if there is nobody who takes it; the process must then not run
     */
    void handOver(Spawn.Waiting child, Map<String, Object> state) throws IOException {
        long number = child.await(installed, PATIENCE);
        if (number < 0) {
            throw new SyscallException("seccomp", "with SECCOMP_FILTER_FLAG_NEW_LISTENER", (int) -number);
        }
        SocketHandover.of("linux.seccomp.listenerPath", "the supervisor of system calls", Path.of(supervisor.socket()))
                .give(child, (int) number, "seccomp listener", JsonDocument.write(about(child.pid(), state)));
    }

    private Map<String, Object> about(int pid, Map<String, Object> state) {
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("ociVersion", OciVersion.NEWEST);
        about.put("fds", List.of("seccompFd"));
        about.put("pid", pid);
        supervisor.metadata().ifPresent(metadata -> about.put("metadata", metadata));
        about.put("state", state);
        return about;
    }
}

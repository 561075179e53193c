package io.slipway.sandbox.oci;

import io.slipway.linux.Descriptor;
import io.slipway.linux.Errno;
import io.slipway.linux.Fifo;
import io.slipway.linux.Poll;
import io.slipway.linux.ProcessIdentity;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The operations of the OCI runtime specification over a directory of containers (runtime.md, "Operations"). Each may be a process of its own; nothing
 * is kept in between but files, and what the kernel knows.
 */
public final class OciRuntime {
    private static final Duration START_PATIENCE = Duration.ofSeconds(10);
    private static final Duration KILL_PATIENCE = Duration.ofSeconds(10);
    private static final int SIGKILL = 9;
    private static final int NAME_CHARS = 200;
    private final Path root;
    private final Clock clock;
    private final Consumer<String> warnings;
    private final Optional<Path> explanation;

    /**
     * @param root below which each container has a directory; made when it is missing
     * @param warnings told what does not stop an operation
     */
    public OciRuntime(Path root, Clock clock, Consumer<String> warnings) {
        this(root, clock, warnings, Optional.empty());
    }

    /** @param explanation where each creation and execution adds every system call, decoded, with results and times */
    public OciRuntime(Path root, Clock clock, Consumer<String> warnings, Optional<Path> explanation) {
        this.root = root;
        this.clock = clock;
        this.warnings = warnings;
        this.explanation = explanation;
    }

    private CallReport report() {
        return new CallReport(explanation, warnings);
    }

    /**
     * Makes a container up to the moment before its program is executed.
     *
     * @return the pid of its process
     * @throws IOException if that was not possible; nothing of it is left
     */
    public int create(String id, CreateOptions options) throws IOException {
        CallReport report = report();
        Creation creation = new Creation(ContainerDirectory.of(root, id), options, clock, warnings, report);
        return report.over("create " + id, creation::create);
    }

    /** Executes the program of a container that was created. */
    public void start(String id) throws IOException {
        OciContainer container = find(id);
        container.need("start", Status.CREATED);
        try (FileChannel file = FileChannel.open(
                        container.directory().startLock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = lock(file)) {
            if (held == null) {
                throw new OciException("container " + id + " is being started by another command");
            }
            startAlone(container);
        }
    }

    /** Null while another has it; whoever is killed has it no longer. */
    private static @Nullable FileLock lock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            // A thread of our own.
            return null;
        }
    }

    private void startAlone(OciContainer container) throws IOException {
        String id = container.id();
        container.need("start", Status.CREATED);
        BundleConfig config = container.config();
        if (config.process().isEmpty()) {
            throw new OciException("container " + id + " cannot be started: its config.json has no process section");
        }
        hooks(container, config, HookConfig.Point.START_CONTAINER, Status.CREATED);
        ContainerDirectory directory = container.directory();
        letGo(container);
        Files.deleteIfExists(directory.fifo());
        if (Files.size(directory.failure()) > 0) {
            // Its process told so and is about to exit: whoever asks for the state next is to read "stopped".
            container.end(KILL_PATIENCE);
            throw new OciException(
                    "container " + id + ": '" + config.process().get().args().getFirst()
                            + "' is there but cannot be executed (execve(2)); is it a program for this machine, its interpreter in the"
                            + " root file system, and its file system not mounted noexec?");
        }
        try {
            hooks(container, config, HookConfig.Point.POSTSTART, Status.RUNNING);
        } catch (IOException e) {
            // It runs; the specification has this logged only.
            warnings.accept("poststart: " + e.getMessage());
        }
    }

    private static void letGo(OciContainer container) throws IOException {
        try (Descriptor told = Fifo.openToTell(container.directory().fifo())) {
            Syscalls.write(told, new byte[] {1});
            if (!Poll.awaitClosed(told, START_PATIENCE)) {
                throw new OciException("container " + container.id() + " did not execute its program within "
                        + START_PATIENCE.toSeconds() + " s; it may be frozen, or its files be out of reach");
            }
        } catch (SyscallException e) {
            if (e.errno() == Errno.ENXIO || e.errno() == Errno.EPIPE) {
                throw new OciException("container " + container.id() + " ended before it was started", e);
            }
            throw e;
        }
    }

    private void hooks(OciContainer container, BundleConfig config, HookConfig.Point point, Status status)
            throws IOException {
        List<HookConfig> hooks = config.hooks().getOrDefault(point, List.of());
        if (hooks.isEmpty()) {
            return;
        }
        HookRunner runner = new HookRunner(
                container.record().bundle(), container.directory().hookState());
        byte[] state = container.state(status);
        if (point != HookConfig.Point.START_CONTAINER) {
            runner.run(hooks, state);
            return;
        }
        try (JoinedNamespaces joined = JoinedNamespaces.of(container.pid())) {
            runner.run(hooks, state, Optional.of(joined));
        } catch (IOException e) {
            container.kill(SIGKILL);
            throw e;
        }
    }

    /** The state document of the specification, with status {@code paused} beside its own. */
    public byte[] state(String id) throws IOException {
        OciContainer container = find(id);
        return container.state(container.status());
    }

    /**
     * Signals a container's process.
     *
     * @param all every process of its control groups instead
     */
    public void kill(String id, int signal, boolean all) throws IOException {
        OciContainer container = find(id);
        Status status = container.status();
        boolean alive = status == Status.CREATED || status == Status.RUNNING || status == Status.PAUSED;
        if (all && !alive) {
            container.cgroup().kill(signal);
        } else if (!alive) {
            throw new OciException("container " + id + " is " + status.text()
                    + ", so no signal can be sent; only created and running ones take signals");
        } else if (all) {
            container.cgroup().kill(signal);
        } else {
            container.kill(signal);
        }
        if (alive && signal == SIGKILL && container.cgroup().frozen()) {
            // What is frozen does not die before it is let go on; other signals wait until somebody resumes it.
            container.cgroup().freeze(false);
        }
    }

    /**
     * Removes a stopped container with its control groups.
     *
     * @param force kills it first when it runs, and is content when there is none
     */
    public void delete(String id, boolean force) throws IOException {
        ContainerDirectory directory = ContainerDirectory.of(root, id);
        if (force && !directory.exists()) {
            return;
        }
        Optional<OciContainer> found = force ? readable(directory) : Optional.of(find(id));
        if (found.isEmpty()) {
            directory.delete();
            return;
        }
        OciContainer container = found.get();
        if (force) {
            container.end(KILL_PATIENCE);
        } else {
            container.need("delete", Status.STOPPED);
        }
        remove(container);
    }

    private void remove(OciContainer container) throws IOException {
        Optional<BundleConfig> config = container.readableConfig();
        byte[] state = container.state(Status.STOPPED);
        container.cgroup().remove();
        container.directory().delete();
        if (config.isPresent()) {
            poststop(container, config.get(), state);
        }
    }

    private void poststop(OciContainer container, BundleConfig config, byte[] state) throws IOException {
        // An id may be as long as a file's name.
        String begin = container.id().substring(0, Math.min(container.id().length(), NAME_CHARS));
        Path file = root.resolve(
                "." + begin + "-" + Integer.toHexString(container.id().hashCode()) + ".poststop.json");
        HookRunner runner = new HookRunner(container.record().bundle(), file);
        for (HookConfig hook : config.hooks().getOrDefault(HookConfig.Point.POSTSTOP, List.of())) {
            try {
                runner.run(List.of(hook), state);
            } catch (IOException e) {
                // The others run all the same, as the specification has it.
                warnings.accept("poststop: " + e.getMessage());
            }
        }
        Files.deleteIfExists(file);
    }

    /** Stops all processes where they are. */
    public void pause(String id) throws IOException {
        OciContainer container = find(id);
        container.need("pause", Status.RUNNING, Status.CREATED);
        container.cgroup().freeze(true);
    }

    /** Lets them go on. */
    public void resume(String id) throws IOException {
        OciContainer container = find(id);
        container.need("resume", Status.PAUSED);
        container.cgroup().freeze(false);
    }

    /** Host pids of all processes. */
    public List<Integer> processes(String id) throws IOException {
        return List.copyOf(find(id).cgroup().processes());
    }

    /**
     * Waits for the end of a container that this process has made.
     *
     * @return its exit code; 128 + signal when a signal ended it
     */
    public int await(String id) throws IOException {
        OciContainer container = find(id);
        int pid = container.record().process().map(ProcessIdentity::pid).orElse(0);
        try (Descriptor pidfd = Syscalls.pidfdOpen(pid)) {
            return Execution.await(pidfd);
        }
    }

    /** Changes limits; those not named stay. @param resources as the section of config.json */
    public void update(String id, byte[] resources) throws IOException {
        OciContainer container = find(id);
        container.need("update", Status.CREATED, Status.RUNNING, Status.PAUSED);
        container.cgroup().update(ResourceConfig.parse(JsonDocument.read(resources, "the resources")));
    }

    /** Runs another process in a container. */
    public ExecResult exec(String id, ExecOptions options) throws IOException {
        OciContainer container = find(id);
        container.need("exec", Status.CREATED, Status.RUNNING);
        CallReport report = report();
        return report.over("exec in " + id, new Execution(container, options, report)::run);
    }

    /** All containers, by id. */
    public List<OciContainer> list() throws IOException {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        List<OciContainer> all = new ArrayList<>();
        HiddenDirectories.sweep(root);
        try (var children = Files.list(root)) {
            for (Path child : children.filter(Files::isDirectory)
                    .filter(c -> !HiddenDirectories.isHidden(c))
                    .sorted()
                    .toList()) {
                listed(new ContainerDirectory(child)).ifPresent(all::add);
            }
        }
        return all;
    }

    private Optional<OciContainer> listed(ContainerDirectory directory) {
        try {
            return Optional.of(OciContainer.read(directory));
        } catch (IOException e) {
            if (directory.exists()) {
                warnings.accept("container " + directory.id() + " is not listed: " + e.getMessage());
            }
            return Optional.empty();
        }
    }

    /** @throws OciException if there is none */
    public OciContainer find(String id) throws IOException {
        ContainerDirectory directory = ContainerDirectory.of(root, id);
        if (!directory.exists()) {
            throw new OciException("container " + id + " does not exist below " + root
                    + "; 'list' shows those that do, --root names another directory");
        }
        return OciContainer.read(directory);
    }

    private static Optional<OciContainer> readable(ContainerDirectory directory) {
        try {
            return Optional.of(OciContainer.read(directory));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}

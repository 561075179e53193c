package io.slipway.sandbox.oci;

import io.slipway.linux.Descriptor;
import io.slipway.linux.Errno;
import io.slipway.linux.ProcessIdentity;
import io.slipway.linux.Purpose;
import io.slipway.linux.Spawn;
import io.slipway.linux.SpawnException;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import io.slipway.sandbox.TimeNamespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** One creation of a container: what is made for its child, and the parent's part while the child waits. */
final class Creation {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private final ContainerDirectory directory;
    private final CreateOptions options;
    private final Clock clock;
    private final Consumer<String> warnings;
    private final CallReport report;

    Creation(
            ContainerDirectory directory,
            CreateOptions options,
            Clock clock,
            Consumer<String> warnings,
            CallReport report) {
        this.report = report;
        this.directory = directory;
        this.options = options;
        this.clock = clock;
        this.warnings = warnings;
    }

    int create() throws IOException {
        Path bundle = options.bundle().toAbsolutePath().normalize();
        byte[] bytes = BundleConfig.bytes(bundle);
        BundleConfig config = BundleConfig.parse(bytes).withHeld(HeldCapabilities.ours(), warnings);
        checkTerminal(config);
        Optional<String> noClocks = TimeNamespaces.missing();
        if (noClocks.isPresent() && config.linux().makes(NamespaceConfig.Type.TIME)) {
            throw new OciException("linux.namespaces asks for a new time namespace, which " + noClocks.get());
        }
        config.process()
                .ifPresent(process -> process.capabilities().unknown().stream()
                        .distinct()
                        .forEach(name ->
                                warnings.accept("capability " + name + " is not known to this kernel and left out")));
        BundleCgroup cgroup = new BundleCgroup(
                Hierarchies.detect(),
                BundleCgroup.path(config.linux().cgroupsPath(), directory.id()),
                directory.groupParents());
        ContainerRecord record = new ContainerRecord(
                directory.id(),
                config.ociVersion(),
                bundle,
                bundle.resolve(config.rootPath()).normalize(),
                config.annotations(),
                ProcessIdentity.bootId(),
                clock.instant(),
                ProcessIdentity.self(),
                Optional.empty(),
                false,
                cgroup.path());
        directory.make(record);
        try {
            return create(config, bytes, cgroup, record);
        } catch (IOException | RuntimeException e) {
            undo(cgroup, e);
            throw e;
        }
    }

    private int create(BundleConfig config, byte[] bytes, BundleCgroup cgroup, ContainerRecord record)
            throws IOException {
        Files.write(directory.config(), bytes);
        report.purpose(Purpose.CGROUPS);
        cgroup.create(config.linux().resources());
        report.purpose(Purpose.ROOT);
        Syscalls.setUndumpable();
        try (BundleFiles files = new BundleFiles(config, record.bundle(), cgroup, directory)) {
            BundleProgram program = new BundleProgram(config.withHome(files.rootfs()), files, options);
            Spawn.Request request = new Spawn.Request(
                    program.program(), program.namespaces(), files.rootfs(), Optional.empty(), PATIENCE);
            Attendance attendance = new Attendance(config, record, files, program);
            Spawn.Begun begun = Spawn.begin(request, files.joins(), attendance::attend);
            begun.pidfd().close();
            if (options.pidFile().isPresent()) {
                writePidFile(options.pidFile().get(), begun.pid());
            }
            return begun.pid();
        } catch (SpawnException e) {
            throw explained(config, e);
        }
    }

    /** The child is in its control groups from its first steps on. */
    private static IOException explained(BundleConfig config, SpawnException e) {
        Optional<Setting> limit = config.linux().resources().memoryLimit();
        boolean tiny = limit.filter(one -> one.value().matches("[0-9]{1,6}")).isPresent();
        // Under version 2 of control groups it is killed.
        boolean ofMemory = e.fatal().map(call -> call.result() == -Errno.ENOMEM).orElse(tiny);
        if (!ofMemory || limit.isEmpty()) {
            return new OciException(String.valueOf(e.getMessage()), e);
        }
        return new OciException(
                limit.get().source() + " is " + limit.get().value()
                        + ", which is too little to start a container in, or was used up before; give more, as"
                        + " 4194304 (4 MiB) to a small program (" + e.getMessage() + ")",
                e);
    }

    private void checkTerminal(BundleConfig config) throws OciException {
        boolean terminal = config.process().map(ProcessConfig::terminal).orElse(false);
        if (terminal && options.consoleSocket().isEmpty()) {
            throw new OciException("process.terminal is true, so somebody must attend the terminal: name a socket with "
                    + "--console-socket, or set it to false");
        }
        if (!terminal && options.consoleSocket().isPresent()) {
            throw new OciException("--console-socket is given, but process.terminal is not true: leave one out");
        }
    }

    /** Written elsewhere and moved, so that a reader never sees half a number. */
    static void writePidFile(Path file, int pid) throws IOException {
        Path fresh = file.resolveSibling("." + file.getFileName() + ".new");
        Files.writeString(fresh, Integer.toString(pid));
        Files.move(
                fresh,
                file,
                java.nio.file.StandardCopyOption.ATOMIC_MOVE,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private void undo(BundleCgroup cgroup, Exception why) {
        try {
            cgroup.remove();
            directory.delete();
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    /** The parent's part, step by step with the child's program. */
    private final class Attendance {
        private static final Duration HOOK_FREE_PATIENCE = Duration.ofSeconds(20);
        private final BundleConfig config;
        private ContainerRecord record;
        private final BundleFiles files;
        private final BundleProgram program;

        Attendance(BundleConfig config, ContainerRecord record, BundleFiles files, BundleProgram program) {
            this.config = config;
            this.record = record;
            this.files = files;
            this.program = program;
        }

        void attend(Spawn.Waiting child) throws IOException {
            report.mark();
            report.purpose(Purpose.NAMESPACES);
            mapIds(child.pid());
            report.purpose(Purpose.PROCESS);
            ownOutputs();
            letGo();
            child.await(program.mounted(), HOOK_FREE_PATIENCE);
            for (MountedOn one : program.mountedOn()) {
                if (!ProcMounts.mayCover(one.mount())) {
                    one.check(child);
                }
            }
            for (CoveredPath path : program.covered()) {
                path.check(child);
            }
            setClocks(child.pid());
            handTerminal(child);
            ProcessIdentity identity = ProcessIdentity.of(child.pid())
                    .orElseThrow(() -> new OciException("the child " + child.pid() + " ended while it was set up"));
            record = record.with(identity, false);
            record.write(directory.record());
            hooks(child.pid());
            letGo();
            Optional<SeccompListener> listener = program.listener();
            if (listener.isPresent() && listener.get().comesBefore(program.ready())) {
                listener.get().handOver(child, OciContainer.state(record, Status.CREATING));
            }
            child.await(program.ready(), HOOK_FREE_PATIENCE);
            limit(child);
            if (listener.isPresent() && !listener.get().comesBefore(program.ready())) {
                listener.get().handOver(child, OciContainer.state(record, Status.CREATING));
            }
            record = record.with(identity, true);
            record.write(directory.record());
            report.take(child);
        }

        private void mapIds(int pid) throws IOException {
            if (config.linux().makes(NamespaceConfig.Type.USER)) {
                write(pid, "uid_map", IdMapping.file(config.linux().uidMappings()));
                write(pid, "gid_map", IdMapping.file(config.linux().gidMappings()));
                try (Descriptor namespace = NamespaceFile.of(pid, NamespaceConfig.Type.USER)) {
                    files.mapIds(namespace);
                }
            }
        }

        private static void write(int pid, String file, String text) throws IOException {
            try {
                Syscalls.writeFile(Path.of("/proc/" + pid + "/" + file), text);
            } catch (SyscallException e) {
                throw new OciException(
                        "linux." + (file.startsWith("u") ? "uidMappings" : "gidMappings")
                                + " are refused by the kernel: " + e.getMessage()
                                + "; ranges must not overlap (user_namespaces(7))",
                        e);
            }
        }

        /** So that the application can open /dev/stdout again; never of a device or file, which others use too. */
        private void ownOutputs() throws IOException {
            ProcessConfig.User user = config.process().map(ProcessConfig::user).orElse(ProcessConfig.User.ROOT);
            long uid = config.linux().makes(NamespaceConfig.Type.USER)
                    ? IdMapping.toHost(config.linux().uidMappings(), Integer.toUnsignedLong(user.uid()))
                    : Integer.toUnsignedLong(user.uid());
            if (uid > 0) {
                StandardStreams.own((int) uid);
            }
        }

        private void setClocks(int pid) throws IOException {
            for (Map.Entry<String, LinuxConfig.TimeOffset> one :
                    config.linux().timeOffsets().entrySet()) {
                String line = one.getKey() + " " + one.getValue().seconds() + " "
                        + one.getValue().nanos() + "\n";
                setClock(Path.of("/proc/" + pid + "/timens_offsets"), line, one.getKey(), one.getValue());
            }
        }

        private static void setClock(Path file, String line, String clock, LinuxConfig.TimeOffset offset)
                throws IOException {
            try {
                Syscalls.writeFile(file, line);
            } catch (SyscallException e) {
                if (e.errno() != Errno.ERANGE) {
                    throw e;
                }
                throw new OciException(
                        "linux.timeOffsets." + clock + " is " + offset.seconds() + " s and " + offset.nanos()
                                + " ns, by which that clock would show less than 0, or more than 146 years; the host's own"
                                + " shows how long it has been up (/proc/uptime), and may go back so far at most",
                        e);
            }
        }

        private void handTerminal(Spawn.Waiting child) throws IOException {
            if (options.consoleSocket().isPresent()) {
                SocketHandover.ofTerminal(options.consoleSocket().get())
                        .giveTerminal(child, files.master().number());
            }
        }

        private void hooks(int pid) throws IOException {
            HookRunner runner = new HookRunner(record.bundle(), directory.hookState());
            byte[] state = JsonDocument.write(OciContainer.state(record, Status.CREATING));
            runner.run(of(HookConfig.Point.PRESTART), state);
            runner.run(of(HookConfig.Point.CREATE_RUNTIME), state);
            if (!of(HookConfig.Point.CREATE_CONTAINER).isEmpty()) {
                try (JoinedNamespaces joined = JoinedNamespaces.of(pid)) {
                    runner.run(of(HookConfig.Point.CREATE_CONTAINER), state, Optional.of(joined));
                }
            }
        }

        private List<HookConfig> of(HookConfig.Point point) {
            return config.hooks().getOrDefault(point, List.of());
        }

        /** Last, as who the process is may no longer change. */
        private void limit(Spawn.Waiting child) throws IOException {
            if (config.process().isEmpty()) {
                return;
            }
            PrivilegeSteps.finishLimits(config.process().get(), program.limits(), child);
        }

        private void letGo() throws SyscallException {
            Syscalls.write(files.releaseWrite(), new byte[1]);
            report.mark();
        }
    }
}

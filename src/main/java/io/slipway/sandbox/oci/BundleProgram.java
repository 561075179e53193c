package io.slipway.sandbox.oci;

import io.slipway.linux.Argument;
import io.slipway.linux.Purpose;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram;
import io.slipway.linux.SyscallProgram.Step;
import io.slipway.sandbox.seccomp.Filter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The program of an OCI container's process, from clone3 to the application's own exec: there is no pid 1 of ours. */
final class BundleProgram {
    private final BundleConfig config;
    private final LinuxConfig linux;
    private final BundleFiles files;
    private final CreateOptions options;
    private final Optional<Filter> filter;
    private final SyscallProgram program = new SyscallProgram();
    private final RootCalls calls;
    private final MountProgram mounts;
    private final ProcessSteps process;
    private final PrivilegeSteps privileges;
    private final List<CoveredPath> covered = new ArrayList<>();
    private List<Step> limits = List.of();
    private final Step mounted;
    private final Step ready;

    BundleProgram(BundleConfig config, BundleFiles files, CreateOptions options) throws OciException {
        this.config = config;
        filter = SeccompConfig.filter(config);
        linux = config.linux();
        this.files = files;
        this.options = options;
        calls = new RootCalls(program, files.root());
        mounts = new MountProgram(calls, files.place());
        process = new ProcessSteps(calls);
        privileges = new PrivilegeSteps(calls);
        // Its own copy of the write end would keep a read from seeing the parent's death.
        calls.call(SyscallNumber.CLOSE, Argument.descriptor(files.releaseWrite()));
        Step mapped = waitForParent("mapped");
        enterNamespaces();
        arrangeRoot();
        describeHost();
        mounted = calls.call(SyscallNumber.UMASK, Argument.octal(0));
        Step hooked = waitForParent("hooks have run");
        enterRoot();
        becomeApplication();
        ready = calls.call(SyscallNumber.CLOSE, Argument.descriptor(files.releaseRead()));
        // Who starts it cannot hand over what the filter is supervised by: it is not the child's parent.
        boolean early = filter.flatMap(Filter::listener).isPresent();
        config.process().filter(_ -> early).ifPresent(application -> privileges.installLast(application, filter));
        waitForStart();
        config.process().ifPresent(application -> {
            if (!early) {
                privileges.installLast(application, filter);
            }
            process.execute(application).mayFail();
            reportFailure();
        });
        // At the parent's death it ends as if the program had come to its end.
        mapped.jumpIfZero(program.next());
        hooked.jumpIfZero(program.next());
    }

    SyscallProgram program() {
        return program;
    }

    /** Once it is made, all mounts are, and the child waits for the hooks. */
    Step mounted() {
        return mounted;
    }

    /** Once it is made, only the start is waited for. */
    Step ready() {
        return ready;
    }

    /** Hands over what the filter is supervised by; empty if it is not. */
    Optional<SeccompListener> listener() {
        return SeccompListener.of(filter, privileges);
    }

    /** One for each limit of the process; those that failed are to be set by the parent. */
    List<Step> limits() {
        return limits;
    }

    List<MountedOn> mountedOn() {
        return mounts.mountedOn();
    }

    List<CoveredPath> covered() {
        return covered;
    }

    /** Flags of the clone. */
    long namespaces() {
        long flags = 0;
        for (NamespaceConfig namespace : linux.namespaces()) {
            // A time namespace is for those who come after, and a group namespace begins where the child is by then.
            boolean later =
                    namespace.type() == NamespaceConfig.Type.TIME || namespace.type() == NamespaceConfig.Type.CGROUP;
            if (namespace.path().isEmpty() && !later) {
                flags |= namespace.type().flag();
            }
        }
        return flags;
    }

    private Step waitForParent(String what) {
        return calls.call(
                SyscallNumber.READ,
                Argument.descriptor(files.releaseRead()),
                Argument.bytes(new byte[1], what),
                Argument.number(1));
    }

    private void enterNamespaces() {
        calls.purpose(Purpose.NAMESPACES);
        if (!options.noNewKeyring()) {
            process.joinKeyring();
        }
        if (linux.makes(NamespaceConfig.Type.TIME)) {
            unshare(NamespaceConfig.Type.TIME);
        }
        if (files.namespaces().containsKey(NamespaceConfig.Type.USER)) {
            calls.call(
                    SyscallNumber.SETNS,
                    Argument.descriptor(
                            java.util.Objects.requireNonNull(files.namespaces().get(NamespaceConfig.Type.USER))),
                    Argument.flags(NamespaceConfig.Type.USER.flag(), "CLONE_NEWUSER"));
        }
        if (linux.has(NamespaceConfig.Type.USER)) {
            privileges.identity(0, 0, List.of());
        }
        calls.purpose(Purpose.CGROUPS);
        process.joinGroups(files.joinFiles());
        if (linux.makes(NamespaceConfig.Type.CGROUP)) {
            unshare(NamespaceConfig.Type.CGROUP);
        }
        calls.purpose(Purpose.PROCESS);
        process.startAfresh();
    }

    private void unshare(NamespaceConfig.Type type) {
        calls.call(SyscallNumber.UNSHARE, Argument.flags(type.flag(), "CLONE_NEW" + type));
    }

    private void arrangeRoot() {
        calls.purpose(Purpose.ROOT);
        boolean shares = (linux.rootfsPropagation() & (MountOption.MS_SHARED | MountOption.MS_SLAVE)) != 0;
        mounts.propagation(MountOption.MS_REC | (shares ? MountOption.MS_SLAVE : MountOption.MS_PRIVATE));
        // Where it was born: on the root's own directory, whose path a user namespace may have no right to walk.
        calls.call(
                SyscallNumber.MOVE_MOUNT,
                Argument.descriptor(files.root()),
                Argument.text(""),
                Argument.flags(-100, "AT_FDCWD"),
                Argument.text("."),
                Argument.flags(4, "MOVE_MOUNT_F_EMPTY_PATH"));
        for (int i = 0; i < config.mounts().size(); i++) {
            calls.purpose(config.mounts().get(i).purpose());
            mounts.mount(config.mounts().get(i), files.mounts().get(i));
        }
        calls.purpose(Purpose.DEVICES);
        DeviceNodes devices = new DeviceNodes(calls);
        List<DeviceConfig> all = BundleFiles.allDevices(config);
        devices.make(all, files.devices());
        if (all.size() > linux.devices().size()) {
            devices.link();
        }
        config.process().filter(ProcessConfig::terminal).ifPresent(terminal -> {
            devices.terminal(files.master(), files.slave(), terminal);
            devices.console(files.slave());
        });
        config.process().ifPresent(one -> calls.makeDirectories(clean(one.cwd())));
        calls.purpose(Purpose.MASKS);
        for (String path : linux.readonlyPaths()) {
            covered.add(mounts.protect(clean(path), files.kept()));
        }
        for (int i = 0; i < linux.maskedPaths().size(); i++) {
            covered.add(
                    mounts.mask(clean(linux.maskedPaths().get(i)), files.masks().get(i)));
        }
    }

    private void describeHost() {
        calls.purpose(Purpose.NAMESPACES);
        HostProgram host = new HostProgram(calls);
        config.hostname().ifPresent(name -> host.name(SyscallNumber.SETHOSTNAME, name));
        config.domainname().ifPresent(name -> host.name(SyscallNumber.SETDOMAINNAME, name));
        if (linux.makes(NamespaceConfig.Type.NETWORK)) {
            calls.purpose(Purpose.NETWORK);
            host.raiseLoopback();
        }
        calls.purpose(Purpose.KERNEL_FILES);
        host.sysctl(linux.sysctl(), files.kept());
    }

    private void enterRoot() {
        calls.purpose(Purpose.ROOT);
        if (config.rootReadonly()) {
            calls.change(files.root(), MountOption.RDONLY, false, "MOUNT_ATTR_RDONLY");
        }
        mounts.enterRoot(files.root(), !options.noPivot());
        if (linux.rootfsPropagation() != 0) {
            mounts.propagation(linux.rootfsPropagation());
        }
    }

    private void becomeApplication() {
        calls.purpose(Purpose.PROCESS);
        if (config.process().isEmpty()) {
            process.closeDescriptors(0);
            return;
        }
        ProcessConfig application = config.process().get();
        process.enterDirectory(clean(application.cwd()));
        process.priorities(application);
        linux.personality().ifPresent(domain -> calls.call(SyscallNumber.PERSONALITY, Argument.number(domain)));
        if (application.terminal()) {
            process.takeTerminal(files.slave(), application.user());
        }
        limits = privileges.limit(application);
        calls.purpose(Purpose.PRIVILEGES);
        privileges.dropPrivileges(application, filter);
        calls.purpose(Purpose.EXEC);
        process.find(application);
        process.closeDescriptors(options.preserveFds());
    }

    private void waitForStart() {
        calls.call(
                SyscallNumber.READ,
                Argument.descriptor(files.fifo()),
                Argument.bytes(new byte[1], "start"),
                Argument.number(1));
    }

    /** Only reached when nothing could be executed; who starts it reads that, and it ends. */
    private void reportFailure() {
        calls.call(
                SyscallNumber.WRITE,
                Argument.descriptor(files.failure()),
                Argument.bytes(new byte[] {'!'}, "\"!\""),
                Argument.number(1));
    }

    private static String clean(String path) {
        return java.nio.file.Path.of(path).normalize().toString();
    }
}

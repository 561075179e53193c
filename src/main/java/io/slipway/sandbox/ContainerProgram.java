package io.slipway.sandbox;

import io.slipway.linux.Argument;
import io.slipway.linux.Descriptor;
import io.slipway.linux.Purpose;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram;
import io.slipway.linux.SyscallProgram.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The program of a container's first process, from clone3 to exec: the parts in their order, and the two places where it waits for the parent. Its
 * working directory is the sandbox's {@code fs}.
 */
final class ContainerProgram {
    private final SyscallProgram program = new SyscallProgram();
    private final Calls calls = new Calls(program);
    private final ChildFiles files;
    private final RootProgram root = new RootProgram(calls);
    private final long namespaces;
    private final Step hosts;
    private final Optional<Step> clocks;
    private final Optional<Step> rooted;

    /** @param again whether the container has run before */
    ContainerProgram(
            boolean again,
            SandboxSpec spec,
            Accounts.User user,
            ChildFiles files,
            MountFiles mountFiles,
            String resolvConf,
            List<Map.Entry<Namespace, Descriptor>> joined) {
        this.files = files;
        NamespaceProgram own = new NamespaceProgram(
                calls,
                spec.namespaces(),
                joined.stream()
                        .map(entry -> Map.entry(entry.getKey(), files.given(entry.getValue())))
                        .toList());
        KernelFileProgram kernelFiles = new KernelFileProgram(calls, spec.namespaces());
        ProcessProgram process = new ProcessProgram(calls);
        namespaces = own.flags();
        // What needs nothing of the parent comes before: that opens files meanwhile, and maps ids.
        process.joinKeyring();
        process.startAfresh();
        process.keepOnly(files.handover().childs(), files.pidOne());
        calls.purpose(Purpose.NAMESPACES);
        List<Step> waits = new ArrayList<>(process.takeGiven(files.handover()));
        process.joinGroups(files.joinFiles());
        kernelFiles.prepare();
        own.becomeRoot();
        clocks = own.ownClocks();
        own.hideCgroups();
        // A hard limit above the agent's own is refused within a user namespace; then the agent's stays.
        spec.privileges().defaultLimits().forEach(limit -> process.limit(limit).mayFail());
        hosts = mount(again, spec, user, mountFiles, resolvConf, kernelFiles);
        own.setHostname();
        own.raiseLoopback();
        calls.purpose(Purpose.PROCESS);
        if (!spec.application().workingDirectory().equals("/")) {
            calls.enterDirectory(spec.application().workingDirectory());
        }
        if (spec.root().readOnly()) {
            root.makeReadOnly();
        }
        // The parent writes the record meanwhile; without one nothing of the image may run.
        calls.purpose(Purpose.RECORD);
        rooted = spec.console().terminal().map(_ -> calls.call(SyscallNumber.UMASK, Argument.octal(022)));
        process.closeRest();
        waits.addAll(process.takeGiven(files.last()));
        process.sayLetGo(files.status(), spec.pidOne());
        PrivilegeProgram privileges = new PrivilegeProgram(calls);
        privileges.drop(spec.privileges(), user);
        process.arrangeDescriptors(files.standard(), files.status());
        // Late: one on open files concerns the numbers above. The parent has raised what only it may raise.
        spec.privileges().resourceLimits().stream()
                .filter(limit -> !limit.isOfFiles())
                .forEach(process::limit);
        process.execute(
                spec.application(), spec.namespaces().hostname(), user.home(), privileges.filter(spec.privileges()));
        // At the parent's death it ends as if the program had come to its end.
        waits.forEach(wait -> wait.jumpIfZero(program.next()));
    }

    SyscallProgram program() {
        return program;
    }

    /** The write of /etc/hosts, whose content may still change while the child waits. */
    Step hosts() {
        return hosts;
    }

    /** Once it is made, its clocks can be set; empty if they are the host's. */
    Optional<Step> clocks() {
        return clocks;
    }

    /** Once it is made, a terminal can be made in its root; empty if it has none. */
    Optional<Step> rooted() {
        return rooted;
    }

    /** Flags of the clone. */
    long namespaces() {
        return namespaces;
    }

    private Step mount(
            boolean again,
            SandboxSpec spec,
            Accounts.User user,
            MountFiles mountFiles,
            String resolvConf,
            KernelFileProgram kernelFiles) {
        MountProgram mounts = new MountProgram(calls, spec.root(), mountFiles, files);
        DeviceProgram devices = new DeviceProgram(calls);
        calls.purpose(Purpose.ROOT);
        calls.privateMounts();
        List<Step> taken = devices.take();
        kernelFiles.take();
        Step hostsWrite = root.mount(spec, files.layers(), resolvConf, again);
        mounts.stage(root.stage(), user);
        root.enter();
        mounts.placeOnImage();
        root.becomeRoot();
        kernelFiles.mount();
        root.leaveHost();
        devices.mount(taken);
        kernelFiles.set(spec.namespaces().sysctls());
        kernelFiles.hide();
        mounts.placeOnKernelFiles();
        return hostsWrite;
    }
}

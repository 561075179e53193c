package io.slipway.sandbox;

import io.slipway.linux.Argument;
import io.slipway.linux.Descriptor;
import io.slipway.linux.Purpose;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram;
import io.slipway.linux.SyscallProgram.Step;
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

    /** @param again whether the container has run before */
    ContainerProgram(
            boolean again,
            SandboxSpec spec,
            Accounts.User user,
            ChildFiles files,
            MountFiles mountFiles,
            List<Map.Entry<Namespace, Descriptor>> joined) {
        this.files = files;
        NamespaceProgram own = new NamespaceProgram(calls, spec.namespaces(), joined);
        KernelFileProgram kernelFiles = new KernelFileProgram(calls, spec.namespaces());
        ProcessProgram process = new ProcessProgram(calls);
        namespaces = own.flags();
        calls.purpose(Purpose.NAMESPACES);
        // Its own copy of the write end would keep a read from seeing the parent's death.
        calls.call(SyscallNumber.CLOSE, Argument.descriptor(files.releaseWrite()));
        process.joinKeyring();
        process.joinGroups(files.joinFiles());
        process.startAfresh();
        calls.purpose(Purpose.NAMESPACES);
        // What needs no ids comes before: meanwhile the parent maps them, and is not waited for.
        Step mapped = waitForParent("mapped");
        kernelFiles.prepare();
        own.becomeRoot();
        clocks = own.ownClocks();
        own.hideCgroups();
        // A hard limit above the agent's own is refused within a user namespace; then the agent's stays.
        spec.privileges().defaultLimits().forEach(limit -> process.limit(limit).mayFail());
        hosts = mount(again, spec, user, mountFiles, kernelFiles);
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
        Step recorded = waitForParent("recorded");
        // Late: one on open files concerns what is opened above. The parent has raised what only it may raise.
        spec.privileges().resourceLimits().forEach(process::limit);
        PrivilegeProgram privileges = new PrivilegeProgram(calls);
        privileges.drop(spec.privileges(), user);
        process.arrangeDescriptors(files.standard(), files.status(), files.pidOne());
        process.execute(
                spec.application(), spec.namespaces().hostname(), user.home(), privileges.filter(spec.privileges()));
        // At the parent's death it ends as if the program had come to its end.
        mapped.jumpIfZero(program.next());
        recorded.jumpIfZero(program.next());
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

    /** Flags of the clone. */
    long namespaces() {
        return namespaces;
    }

    private Step mount(
            boolean again, SandboxSpec spec, Accounts.User user, MountFiles mountFiles, KernelFileProgram kernelFiles) {
        MountProgram mounts = new MountProgram(calls, spec.root(), mountFiles);
        DeviceProgram devices = new DeviceProgram(calls);
        calls.purpose(Purpose.ROOT);
        calls.privateMounts();
        List<Step> taken = devices.take();
        kernelFiles.take();
        Step hostsWrite = root.mount(spec, mountFiles.layers(), files.resolvConf(), again);
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

    private Step waitForParent(String what) {
        return calls.call(
                SyscallNumber.READ,
                Argument.descriptor(files.releaseRead()),
                Argument.bytes(new byte[1], what),
                Argument.number(1));
    }
}

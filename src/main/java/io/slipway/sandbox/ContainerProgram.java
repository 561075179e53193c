package io.slipway.sandbox;

import io.slipway.linux.Argument;
import io.slipway.linux.Purpose;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram;
import io.slipway.linux.SyscallProgram.Step;
import java.util.List;

/**
 * The program of a container's first process, from clone3 to exec: the parts in their order, and the two places where it waits for the parent. Its
 * working directory is the sandbox's {@code fs}.
 */
final class ContainerProgram {
    private final SyscallProgram program = new SyscallProgram();
    private final Calls calls = new Calls(program);
    private final ChildFiles files;
    private final long namespaces;
    private final Step hosts;

    ContainerProgram(SandboxSpec spec, Accounts.User user, ChildFiles files) {
        this.files = files;
        NamespaceProgram own = new NamespaceProgram(calls, spec.namespaces());
        ProcessProgram process = new ProcessProgram(calls);
        namespaces = own.flags();
        calls.purpose(Purpose.NAMESPACES);
        // Its own copy of the write end would keep a read from seeing the parent's death.
        calls.call(SyscallNumber.CLOSE, Argument.descriptor(files.releaseWrite()));
        Step mapped = waitForParent("mapped");
        process.joinKeyring();
        own.becomeRoot();
        process.joinGroups(files.joinFiles());
        own.hideCgroups();
        process.startAfresh();
        hosts = mount(spec);
        own.setHostname();
        own.raiseLoopback();
        calls.purpose(Purpose.PROCESS);
        calls.makeDirectories(spec.application().workingDirectory());
        calls.changeDirectory(spec.application().workingDirectory());
        // The parent writes the record meanwhile; without one nothing of the image may run.
        calls.purpose(Purpose.RECORD);
        Step recorded = waitForParent("recorded");
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

    /** Flags of the clone. */
    long namespaces() {
        return namespaces;
    }

    private Step mount(SandboxSpec spec) {
        RootProgram root = new RootProgram(calls);
        DeviceProgram devices = new DeviceProgram(calls);
        KernelFileProgram kernelFiles = new KernelFileProgram(calls);
        calls.purpose(Purpose.ROOT);
        calls.privateMounts();
        List<Step> taken = devices.take();
        Step hostsWrite = root.mount(spec, files.layers(), files.resolvConf());
        root.enter();
        kernelFiles.mount();
        root.leaveHost();
        root.mountVolumes(spec.root().mounts(), files.volumes());
        devices.mount(taken);
        kernelFiles.hide();
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

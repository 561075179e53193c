package io.slipway.sandbox.oci;

import io.slipway.linux.Argument;
import io.slipway.linux.Purpose;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram;
import io.slipway.linux.SyscallProgram.Step;
import io.slipway.sandbox.seccomp.Filter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The program of a process that joins a container. It shares our memory until its exec, which the container's root can neither read nor trace, as we are
 * not dumpable (CVE-2016-9962), and holds nothing open of the host when it is in (CVE-2024-21626).
 */
final class ExecProgram {
    private final SyscallProgram program = new SyscallProgram();
    private final List<Step> limits;
    private final Step ready;
    private final Optional<SeccompListener> listener;

    /** @param filter of the container, which holds for what joins it too */
    ExecProgram(
            ProcessConfig process, Optional<Filter> filter, JoinedNamespaces joined, ExecFiles files, int preserved) {
        RootCalls calls = RootCalls.inOwnRoot(program);
        ProcessSteps steps = new ProcessSteps(calls);
        PrivilegeSteps privileges = new PrivilegeSteps(calls);
        calls.call(SyscallNumber.CLOSE, Argument.descriptor(files.releaseWrite()));
        calls.purpose(Purpose.CGROUPS);
        steps.joinGroups(files.joinFiles());
        calls.purpose(Purpose.NAMESPACES);
        joined.enter(program);
        calls.purpose(Purpose.PROCESS);
        steps.startAfresh();
        if (joined.has(NamespaceConfig.Type.USER)) {
            privileges.identity(0, 0, List.of());
        }
        if (process.terminal()) {
            DeviceNodes devices = new DeviceNodes(calls);
            devices.terminal(files.master(), files.slave(), process);
        }
        steps.enterDirectory(Path.of(process.cwd()).normalize().toString());
        steps.priorities(process);
        if (process.terminal()) {
            steps.takeTerminal(files.slave(), process.user());
        }
        limits = privileges.limit(process);
        calls.purpose(Purpose.PRIVILEGES);
        privileges.dropPrivileges(process, filter);
        calls.purpose(Purpose.EXEC);
        steps.find(process);
        steps.closeDescriptors(preserved);
        ready = calls.call(
                SyscallNumber.UMASK, Argument.octal(process.user().umask().orElse(022)));
        // What it is supervised by must be taken from it before its exec closes it.
        boolean early = filter.flatMap(Filter::listener).isPresent();
        if (early) {
            privileges.installLast(process, filter);
        }
        Step released = calls.call(
                SyscallNumber.READ,
                Argument.descriptor(files.releaseRead()),
                Argument.bytes(new byte[1], "limits"),
                Argument.number(1));
        if (!early) {
            privileges.installLast(process, filter);
        }
        listener = SeccompListener.of(filter, privileges);
        steps.execute(process);
        // At the parent's death it ends as if the program had come to its end.
        released.jumpIfZero(program.next());
    }

    SyscallProgram program() {
        return program;
    }

    List<Step> limits() {
        return limits;
    }

    Step ready() {
        return ready;
    }

    /** Hands over what the filter is supervised by; empty if it is not. */
    Optional<SeccompListener> listener() {
        return listener;
    }
}

package io.slipway.sandbox.oci;

import io.slipway.linux.Argument;
import io.slipway.linux.Errno;
import io.slipway.linux.ResourceLimit;
import io.slipway.linux.Spawn;
import io.slipway.linux.SyscallException;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram.Step;
import io.slipway.linux.Syscalls;
import io.slipway.sandbox.Capabilities;
import io.slipway.sandbox.seccomp.Filter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes from a process what its bundle does not give it: limits, ids, capabilities, new privileges, system calls. */
final class PrivilegeSteps {
    private static final int PR_SET_KEEPCAPS = 8;
    private static final int PR_CAPBSET_DROP = 24;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int PR_CAP_AMBIENT = 47;
    private static final int PR_CAP_AMBIENT_RAISE = 2;
    private static final int PR_CAP_AMBIENT_CLEAR_ALL = 4;
    private static final int CAPABILITY_VERSION_3 = 0x20080522;
    private static final int DEFAULT_UMASK = 022;
    private final RootCalls calls;
    private Optional<Step> installed = Optional.empty();

    PrivilegeSteps(RootCalls calls) {
        this.calls = calls;
    }

    /**
     * Limits that the process sets itself, while it still may, and after which it needs no descriptor more. In a user namespace it may not raise one: what
     * fails is left to {@link #finishLimits}.
     */
    List<Step> limit(ProcessConfig process) {
        List<Step> steps = new ArrayList<>();
        for (Rlimit limit : process.rlimits()) {
            steps.add(calls.call(
                            SyscallNumber.PRLIMIT64,
                            Argument.number(0),
                            Argument.flags(limit.resource(), limit.name()),
                            Argument.bytes(limit.structure(), limit.shown()),
                            Argument.none())
                    .mayFail());
        }
        return steps;
    }

    /** By us, with our rights, those that the child could not set, and how likely it is killed for lack of memory. */
    static void finishLimits(ProcessConfig process, List<Step> steps, Spawn.Waiting child) throws IOException {
        if (process.oomScoreAdj().isPresent()) {
            // Its own although it shares our memory: the kernel leaves one out that was made by vfork.
            Syscalls.writeFile(
                    Path.of("/proc/" + child.pid() + "/oom_score_adj"),
                    Integer.toString(process.oomScoreAdj().getAsInt()));
        }
        for (int i = 0; i < steps.size(); i++) {
            if (child.result(steps.get(i)) < 0) {
                set(process.rlimits().get(i), i, child.pid());
            }
        }
    }

    private static void set(Rlimit limit, int index, int pid) throws IOException {
        try {
            ResourceLimit.set(pid, limit.resource(), limit.name(), limit.soft(), limit.hard());
        } catch (SyscallException e) {
            String most = limit.name().equals("RLIMIT_NOFILE")
                    ? "; nobody may have more files open than /proc/sys/fs/nr_open says"
                    : "";
            throw new OciException(
                    "process.rlimits[" + index + "] asks for " + limit.name() + " " + limit.shown()
                            + " (soft, hard), which the runtime may not give: " + Errno.describe(e.errno())
                            + ". Above its own hard limit (ulimit -H) it needs CAP_SYS_RESOURCE" + most,
                    e);
        }
    }

    /** In the kernel's order: the bounding set while it may still be changed, ids with the capabilities kept, then the sets themselves. */
    void dropPrivileges(ProcessConfig process, Optional<Filter> filter) {
        if (!process.noNewPrivileges()) {
            // Without no_new_privs it takes a capability, which is about to go; the filter must allow what follows.
            install(filter);
        }
        CapabilityConfig sets = process.capabilities();
        for (int capability = 0; capability <= HeldCapabilities.last(); capability++) {
            if ((sets.bounding() >>> capability & 1) == 0) {
                String name =
                        capability < Capabilities.count() ? Capabilities.name(capability) : "capability " + capability;
                prctl(PR_CAPBSET_DROP, "PR_CAPBSET_DROP", capability, name);
            }
        }
        prctl(PR_SET_KEEPCAPS, "PR_SET_KEEPCAPS", 1, "1");
        ProcessConfig.User user = process.user();
        identity(user.uid(), user.gid(), user.additionalGids());
        calls.call(
                SyscallNumber.CAPSET,
                Argument.bytes(
                        ByteBuffer.allocate(8)
                                .order(ByteOrder.nativeOrder())
                                .putInt(CAPABILITY_VERSION_3)
                                .array(),
                        "{version=_LINUX_CAPABILITY_VERSION_3, pid=0}"),
                Argument.bytes(data(sets), "{effective=" + Capabilities.names(sets.effective()) + "}"));
        ambient(sets.ambient());
        if (process.noNewPrivileges()) {
            prctl(PR_SET_NO_NEW_PRIVS, "PR_SET_NO_NEW_PRIVS", 1, "1");
        }
        calls.call(SyscallNumber.UMASK, Argument.octal(user.umask().orElse(DEFAULT_UMASK)));
    }

    /** With no_new_privs as late as can be, as the filter holds for all that comes after it. */
    void installLast(ProcessConfig process, Optional<Filter> filter) {
        if (process.noNewPrivileges()) {
            install(filter);
        }
    }

    private void install(Optional<Filter> filter) {
        installed = filter.map(it -> calls.call(SyscallNumber.SECCOMP, it.arguments()));
    }

    /** The call that returns a descriptor for a supervisor; empty if there is none. */
    Optional<Step> listener(Optional<Filter> filter) {
        return filter.flatMap(Filter::listener).flatMap(_ -> installed);
    }

    private void ambient(long mask) {
        prctl(PR_CAP_AMBIENT, "PR_CAP_AMBIENT", PR_CAP_AMBIENT_CLEAR_ALL, "PR_CAP_AMBIENT_CLEAR_ALL");
        for (int capability = 0; capability < Capabilities.count(); capability++) {
            if ((mask >>> capability & 1) != 0) {
                // One that is not both permitted and inheritable cannot be granted (config.md: passed over with a
                // warning).
                calls.call(
                                SyscallNumber.PRCTL,
                                Argument.flags(PR_CAP_AMBIENT, "PR_CAP_AMBIENT"),
                                Argument.flags(PR_CAP_AMBIENT_RAISE, "PR_CAP_AMBIENT_RAISE"),
                                Argument.flags(capability, Capabilities.name(capability)),
                                Argument.number(0),
                                Argument.number(0))
                        .mayFail();
            }
        }
    }

    private static byte[] data(CapabilityConfig sets) {
        ByteBuffer data = ByteBuffer.allocate(24).order(ByteOrder.nativeOrder());
        for (int half = 0; half < 2; half++) {
            int shift = 32 * half;
            data.putInt((int) (sets.effective() >>> shift))
                    .putInt((int) (sets.permitted() >>> shift))
                    .putInt((int) (sets.inheritable() >>> shift));
        }
        return data.array();
    }

    private Step prctl(int option, String name, long value, String shown) {
        return calls.call(
                SyscallNumber.PRCTL,
                Argument.flags(option, name),
                Argument.flags(value, shown),
                Argument.number(0),
                Argument.number(0),
                Argument.number(0));
    }

    void identity(int uid, int gid, List<Integer> groups) {
        ByteBuffer list = ByteBuffer.allocate(4 * groups.size()).order(ByteOrder.nativeOrder());
        groups.forEach(list::putInt);
        calls.call(
                SyscallNumber.SETGROUPS,
                Argument.number(groups.size()),
                Argument.bytes(list.array(), groups.toString()));
        // A plain number, as -1 in 32 bits would mean 'leave it'; parse refuses that one.
        calls.call(SyscallNumber.SETRESGID, id(gid), id(gid), id(gid));
        calls.call(SyscallNumber.SETRESUID, id(uid), id(uid), id(uid));
    }

    private static Argument id(int id) {
        return Argument.number(Integer.toUnsignedLong(id));
    }
}

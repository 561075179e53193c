package io.slipway.sandbox.oci;

import io.slipway.linux.Argument;
import io.slipway.linux.Descriptor;
import io.slipway.linux.ResourceLimit;
import io.slipway.linux.Spawn;
import io.slipway.linux.SyscallException;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram.Step;
import io.slipway.sandbox.Capabilities;
import io.slipway.sandbox.seccomp.Filter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** From a child that shares its maker's rights to the process that a bundle describes; for create and exec alike. */
final class ProcessSteps {
    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final int PR_SET_KEEPCAPS = 8;
    private static final int PR_CAPBSET_DROP = 24;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int PR_CAP_AMBIENT = 47;
    private static final int PR_CAP_AMBIENT_RAISE = 2;
    private static final int PR_CAP_AMBIENT_CLEAR_ALL = 4;
    private static final int CAPABILITY_VERSION_3 = 0x20080522;
    private static final int SIG_SETMASK = 2;
    private static final int TIOCSCTTY = 0x540e;
    private static final int CLOSE_RANGE_CLOEXEC = 4;
    private static final int IOPRIO_WHO_PROCESS = 1;
    private static final int KEYCTL_JOIN_SESSION_KEYRING = 1;
    private static final int X_OK = 1;
    private static final int AT_FDCWD = -100;
    private static final int DEFAULT_UMASK = 022;
    private static final int[] IGNORABLE = {1, 2, 3, 13, 15, 17, 20, 21, 22};

    private final RootCalls calls;

    ProcessSteps(RootCalls calls) {
        this.calls = calls;
    }

    /** Its keys are its own; before the ids change, so that the quota is not one that all containers share. */
    void joinKeyring() {
        calls.call(
                SyscallNumber.KEYCTL,
                Argument.flags(KEYCTL_JOIN_SESSION_KEYRING, "KEYCTL_JOIN_SESSION_KEYRING"),
                Argument.none());
    }

    void joinGroups(List<Descriptor> files) {
        for (Descriptor file : files) {
            calls.call(
                    SyscallNumber.WRITE,
                    Argument.descriptor(file),
                    Argument.bytes(new byte[] {'0'}, "\"0\""),
                    Argument.number(1));
        }
    }

    /** A session of its own, no mask for the modes of what is made next, and no signal that stays ignored. */
    void startAfresh() {
        calls.call(SyscallNumber.SETSID);
        calls.call(SyscallNumber.UMASK, Argument.octal(0));
        for (int signal : IGNORABLE) {
            // Ignored ones stay ignored through CLONE_CLEAR_SIGHAND and exec (nohup, background jobs).
            calls.call(
                    SyscallNumber.RT_SIGACTION,
                    Argument.number(signal),
                    Argument.bytes(new byte[32], "{SIG_DFL}"),
                    Argument.none(),
                    Argument.number(8));
        }
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

    void enterDirectory(String path) {
        calls.enter(path);
    }

    void priorities(ProcessConfig process) {
        process.ioPriority()
                .ifPresent(priority -> calls.call(
                        SyscallNumber.IOPRIO_SET,
                        Argument.flags(IOPRIO_WHO_PROCESS, "IOPRIO_WHO_PROCESS"),
                        Argument.number(0),
                        Argument.flags(
                                priority.value(), "class " + priority.scheduling() + ", level " + priority.level())));
        process.scheduler()
                .ifPresent(scheduler -> calls.call(
                        SyscallNumber.SCHED_SETATTR,
                        Argument.number(0),
                        Argument.bytes(scheduler.attributes(), scheduler.toString()),
                        Argument.number(0)));
    }

    /** Makes a terminal the session's own and the three standard descriptors. */
    void takeTerminal(Descriptor slave, ProcessConfig.User user) {
        calls.call(
                SyscallNumber.IOCTL,
                Argument.descriptor(slave),
                Argument.flags(TIOCSCTTY, "TIOCSCTTY"),
                Argument.number(0));
        calls.call(SyscallNumber.FCHOWN, Argument.descriptor(slave), id(user.uid()), Argument.number(-1))
                .mayFail();
        for (int i = 0; i < 3; i++) {
            calls.call(SyscallNumber.DUP3, Argument.descriptor(slave), Argument.number(i), Argument.number(0));
        }
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

    /** By us, with our rights, those that the child could not set. */
    static void finishLimits(ProcessConfig process, List<Step> steps, Spawn.Waiting child) throws SyscallException {
        for (int i = 0; i < steps.size(); i++) {
            Rlimit limit = process.rlimits().get(i);
            if (child.result(steps.get(i)) < 0) {
                ResourceLimit.set(child.pid(), limit.resource(), limit.name(), limit.soft(), limit.hard());
            }
        }
    }

    /** In the kernel's order: the bounding set while it may still be changed, ids with the capabilities kept, then the sets themselves. */
    void dropPrivileges(ProcessConfig process, Optional<Filter> filter) {
        if (!process.noNewPrivileges()) {
            // Without no_new_privs it takes a capability, which is about to go; the filter must allow what follows.
            install(filter);
        }
        CapabilityConfig sets = process.capabilities();
        for (int capability = 0; capability < Capabilities.count(); capability++) {
            if ((sets.bounding() >>> capability & 1) == 0) {
                // A kernel that is older than a capability refuses its number.
                prctl(PR_CAPBSET_DROP, "PR_CAPBSET_DROP", capability, Capabilities.name(capability))
                        .mayFail();
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
                        "{VERSION_3, 0}"),
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
        filter.ifPresent(it -> calls.call(SyscallNumber.SECCOMP, it.arguments()));
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

    /** Every descriptor above the three and those that are to be passed on ends at exec (CVE-2024-21626). */
    void closeDescriptors(int preserved) {
        calls.call(
                SyscallNumber.CLOSE_RANGE,
                Argument.number(3L + preserved),
                Argument.flags(0xffffffffL, "~0"),
                Argument.flags(CLOSE_RANGE_CLOEXEC, "CLOSE_RANGE_CLOEXEC"));
        calls.call(
                SyscallNumber.RT_SIGPROCMASK,
                Argument.flags(SIG_SETMASK, "SIG_SETMASK"),
                Argument.bytes(new byte[8], "[]"),
                Argument.none(),
                Argument.number(8));
    }

    /** Fails unless the program is there and may be executed; goes on at the next call. */
    void find(ProcessConfig process) {
        List<Step> looks = new ArrayList<>();
        for (String path : candidates(process)) {
            looks.add(calls.call(
                    SyscallNumber.FACCESSAT,
                    Argument.flags(AT_FDCWD, "AT_FDCWD"),
                    Argument.text(path),
                    Argument.flags(X_OK, "X_OK")));
        }
        looks.subList(0, looks.size() - 1).forEach(Step::mayFail);
        looks.forEach(look -> look.jumpIfZero(calls.next()));
    }

    /** Tries each place where the program may lie, as execvp(3); returns the last try. */
    Step execute(ProcessConfig process) {
        @Nullable Step last = null;
        for (String path : candidates(process)) {
            if (last != null) {
                last.mayFail();
            }
            last = calls.call(
                    SyscallNumber.EXECVE,
                    Argument.text(path),
                    Argument.texts(process.args()),
                    Argument.texts(process.env()));
        }
        return Objects.requireNonNull(last);
    }

    private static List<String> candidates(ProcessConfig process) {
        String name = process.args().getFirst();
        if (name.contains("/")) {
            return List.of(name);
        }
        List<String> candidates = new ArrayList<>();
        for (String directory : process.variable("PATH").orElse(DEFAULT_PATH).split(":")) {
            candidates.add(directory.isEmpty() ? "./" + name : directory + "/" + name);
        }
        return candidates;
    }
}

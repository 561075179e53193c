package io.slipway.sandbox.oci;

import io.slipway.linux.Argument;
import io.slipway.linux.Descriptor;
import io.slipway.linux.Errno;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** From a child that shares its maker's rights to the process that a bundle describes; for create and exec alike. */
final class ProcessSteps {
    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final int SIG_SETMASK = 2;
    private static final int TIOCSCTTY = 0x540e;
    private static final int CLOSE_RANGE_CLOEXEC = 4;
    private static final int IOPRIO_WHO_PROCESS = 1;
    private static final int KEYCTL_JOIN_SESSION_KEYRING = 1;
    private static final int X_OK = 1;
    private static final int AT_FDCWD = -100;
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
                    Argument.bytes(new byte[32], "{sa_handler=SIG_DFL}"),
                    Argument.none(),
                    Argument.number(8));
        }
    }

    void enterDirectory(String path) {
        calls.enter(
                path,
                errno -> Optional.ofNullable(
                        switch (errno) {
                            case Errno.ENOENT -> "the working directory " + path + " is not there in the container";
                            case Errno.ENOTDIR ->
                                "the working directory " + path
                                        + " is no directory in the container, or lies below what is none";
                            case Errno.ELOOP ->
                                "the working directory " + path
                                        + " is a link that leads back to itself, or one of the kernel's"
                                        + " own in /proc, which are not followed";
                            default -> null;
                        }));
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
        calls.call(
                        SyscallNumber.FCHOWN,
                        Argument.descriptor(slave),
                        Argument.number(Integer.toUnsignedLong(user.uid())),
                        Argument.number(-1))
                .mayFail();
        for (int i = 0; i < 3; i++) {
            calls.call(SyscallNumber.DUP3, Argument.descriptor(slave), Argument.number(i), Argument.number(0));
        }
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

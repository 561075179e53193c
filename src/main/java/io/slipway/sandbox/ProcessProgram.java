package io.slipway.sandbox;

import io.slipway.linux.Argument;
import io.slipway.linux.Descriptor;
import io.slipway.linux.Handover;
import io.slipway.linux.PidOne;
import io.slipway.linux.Purpose;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram.Step;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes a process that shares nothing with its maker but what is meant: groups, session, signals, limits, descriptors, environment. */
final class ProcessProgram {
    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final Map<String, Integer> IGNORABLE = Map.of("SIGHUP", 1, "SIGINT", 2, "SIGQUIT", 3, "SIGPIPE", 13);
    private static final int SIG_SETMASK = 2;
    private static final int KEYCTL_JOIN_SESSION_KEYRING = 1;
    private static final int O_CLOEXEC = 02000000;
    private static final int RELEASE = 3;
    private static final int STATUS = 3;
    private static final int PID_ONE = 4;

    private final Calls calls;

    ProcessProgram(Calls calls) {
        this.calls = calls;
    }

    /** Before the ids change: its quota is then that of the host's root, not one shared by all containers. */
    void joinKeyring() {
        calls.purpose(Purpose.PROCESS);
        calls.call(
                SyscallNumber.KEYCTL,
                Argument.flags(KEYCTL_JOIN_SESSION_KEYRING, "KEYCTL_JOIN_SESSION_KEYRING"),
                Argument.none());
    }

    /** @param files of {@link io.slipway.sandbox.cgroup.Cgroup#joinFiles} */
    void joinGroups(List<Argument> files) {
        calls.purpose(Purpose.CGROUPS);
        for (Argument join : files) {
            calls.call(SyscallNumber.WRITE, join, Argument.bytes(new byte[] {'0'}, "\"0\""), Argument.number(1));
        }
    }

    void startAfresh() {
        calls.purpose(Purpose.PROCESS);
        calls.call(SyscallNumber.SETSID);
        calls.call(SyscallNumber.UMASK, Argument.octal(022));
        for (Map.Entry<String, Integer> signal : new TreeMap<>(IGNORABLE).entrySet()) {
            // Ignored ones stay ignored through CLONE_CLEAR_SIGHAND and exec (nohup, background jobs).
            calls.call(
                    SyscallNumber.RT_SIGACTION,
                    Argument.flags(signal.getValue(), signal.getKey()),
                    Argument.bytes(new byte[32], "{sa_handler=SIG_DFL}"),
                    Argument.none(),
                    Argument.number(8));
        }
    }

    Step limit(ResourceLimit limit) {
        return calls.call(
                SyscallNumber.PRLIMIT64,
                Argument.number(0),
                Argument.flags(limit.number(), limit.constant()),
                Argument.bytes(limit.struct(), limit.shown()),
                Argument.none());
    }

    /** Of all that it was cloned with, keeps only the executable of its pid 1 and the socket by which it is let go and handed the rest. */
    void keepOnly(Descriptor socket, Descriptor pidOne) {
        calls.purpose(Purpose.PROCESS);
        duplicate(Argument.descriptor(pidOne), PID_ONE, O_CLOEXEC);
        // The numbers below too, so that what is handed over has those after them.
        for (int number = 0; number <= RELEASE; number++) {
            duplicate(Argument.descriptor(socket), number, O_CLOEXEC);
        }
        closeRest();
    }

    /** Waits, and takes what is handed over; jumps to a place not known yet from where our death is seen. */
    List<Step> takeGiven(Handover handover) {
        return handover.receives(RELEASE).stream()
                .map(arguments -> calls.call(SyscallNumber.RECVMSG, arguments))
                .toList();
    }

    /** Says that it was let go: from here on it ends by itself only, whatever becomes of us. */
    void sayLetGo(Argument status, PidOne pidOne) {
        calls.purpose(Purpose.PID_ONE);
        byte[] blank = pidOne.blankRecord();
        calls.call(SyscallNumber.WRITE, status, Argument.bytes(blank, "<blank record>"), Argument.number(blank.length));
    }

    /** Descriptors 0 to 2, those that {@link io.slipway.linux.PidOne} needs, and no other. */
    void arrangeDescriptors(List<Argument> standard, Argument status) {
        calls.purpose(Purpose.PROCESS);
        for (int i = 0; i < standard.size(); i++) {
            duplicate(standard.get(i), i, 0);
        }
        duplicate(status, STATUS, 0);
        closeRest();
    }

    private void duplicate(Argument from, int to, int flags) {
        calls.call(
                SyscallNumber.DUP3,
                from,
                Argument.number(to),
                flags == 0 ? Argument.number(0) : Argument.flags(flags, "O_CLOEXEC"));
    }

    /** All that was handed over, and whatever was opened since. */
    void closeRest() {
        calls.call(
                SyscallNumber.CLOSE_RANGE,
                Argument.number(Handover.FIRST),
                Argument.flags(0xffffffffL, "~0"),
                Argument.number(0));
    }

    /**
     * Unblocks the signals, and executes the application below a pid 1 at descriptor 4.
     *
     * @param last appends what is done immediately before the exec
     */
    void execute(Application application, String hostname, String home, Runnable last) {
        calls.purpose(Purpose.PID_ONE);
        Map<String, String> env = environment(application, hostname, home);
        unblockSignals();
        List<String> argv = application.argv();
        calls.execute(
                PID_ONE,
                CommandSearch.of(argv.getFirst(), env),
                argv,
                env.entrySet().stream()
                        .map(e -> e.getKey() + "=" + e.getValue())
                        .toList(),
                last);
    }

    /** The last call before an exec. */
    void unblockSignals() {
        calls.call(
                SyscallNumber.RT_SIGPROCMASK,
                Argument.flags(SIG_SETMASK, "SIG_SETMASK"),
                Argument.bytes(new byte[8], "[]"),
                Argument.none(),
                Argument.number(8));
    }

    static Map<String, String> environment(Application application, String hostname, String home) {
        Map<String, String> env = new TreeMap<>(application.env());
        env.putIfAbsent("PATH", DEFAULT_PATH);
        env.putIfAbsent("HOSTNAME", hostname);
        env.putIfAbsent("HOME", home);
        return env;
    }
}

package io.slipway.sandbox;

import io.slipway.linux.Argument;
import io.slipway.linux.Descriptor;
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
    private static final int STATUS = 3;
    private static final int PID_ONE = 4;
    private static final int FIRST_CLOSED = 5;

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

    /** @param files that {@link Cgroup#openJoinFiles} opened */
    void joinGroups(List<Descriptor> files) {
        calls.purpose(Purpose.CGROUPS);
        for (Descriptor join : files) {
            calls.call(
                    SyscallNumber.WRITE,
                    Argument.descriptor(join),
                    Argument.bytes(new byte[] {'0'}, "\"0\""),
                    Argument.number(1));
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

    /** Descriptors 0 to 2, those that {@link io.slipway.linux.PidOne} needs, and no other. */
    void arrangeDescriptors(List<Descriptor> standard, Descriptor status, Descriptor pidOne) {
        calls.purpose(Purpose.PROCESS);
        for (int i = 0; i < standard.size(); i++) {
            calls.call(
                    SyscallNumber.DUP3, Argument.descriptor(standard.get(i)), Argument.number(i), Argument.number(0));
        }
        calls.call(SyscallNumber.DUP3, Argument.descriptor(status), Argument.number(STATUS), Argument.number(0));
        calls.call(
                SyscallNumber.DUP3,
                Argument.descriptor(pidOne),
                Argument.number(PID_ONE),
                Argument.flags(O_CLOEXEC, "O_CLOEXEC"));
        calls.call(
                SyscallNumber.CLOSE_RANGE,
                Argument.number(FIRST_CLOSED),
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

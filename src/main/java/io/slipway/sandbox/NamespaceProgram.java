package io.slipway.sandbox;

import io.slipway.linux.Argument;
import io.slipway.linux.Errno;
import io.slipway.linux.Purpose;
import io.slipway.linux.Spawn;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram.Step;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The namespaces that a child is born in, and what must be done in them before they are of use. */
final class NamespaceProgram {
    private static final int SIOCSIFFLAGS = 0x8914;
    private static final int IFREQ_BYTES = 40;
    private static final int UP_RUNNING = 0x1 | 0x40;

    private final Calls calls;
    private final Namespaces namespaces;
    private final List<Map.Entry<Namespace, Argument>> joined;

    /** @param joined of another container, to be entered in this order */
    NamespaceProgram(Calls calls, Namespaces namespaces, List<Map.Entry<Namespace, Argument>> joined) {
        this.calls = calls;
        this.joined = joined;
        this.namespaces = namespaces;
    }

    /**
     * Flags of the clone. One that is to enter another's user namespace is born with none but that of processes: what else it has of its own must
     * belong to the user namespace that it enters, so it is made there.
     */
    long flags() {
        if (joined.isEmpty()) {
            return Spawn.NEWNS | own(Namespace.PID, Namespace.NET, Namespace.UTS, Namespace.IPC, Namespace.USER);
        }
        return own(Namespace.PID);
    }

    private long own(Namespace... some) {
        return Stream.of(some)
                .filter(namespaces::own)
                .mapToLong(Namespace::flag)
                .reduce(0, (a, b) -> a | b);
    }

    /** Once the maps are written. */
    void becomeRoot() {
        calls.purpose(Purpose.NAMESPACES);
        joined.forEach(entry -> calls.call(
                SyscallNumber.SETNS,
                entry.getValue(),
                Argument.flags(entry.getKey().flag(), entry.getKey().constant())));
        if (namespaces.user().isPresent()) {
            calls.identity(0, 0, List.of());
        }
        if (!joined.isEmpty()) {
            long flags = Spawn.NEWNS | own(Namespace.NET, Namespace.UTS, Namespace.IPC);
            calls.call(SyscallNumber.UNSHARE, Argument.flags(flags, Spawn.flagNames(flags)));
        }
    }

    /**
     * Clocks of its own, for what is executed from here on (time_namespaces(7)): until then they can be set, by the parent, as the child's own files below
     * /proc are not its own to write.
     */
    Optional<Step> ownClocks() {
        if (namespaces.clocks().equals(ClockOffsets.NONE)) {
            return Optional.empty();
        }
        calls.purpose(Purpose.NAMESPACES);
        return Optional.of(calls.call(SyscallNumber.UNSHARE, Argument.flags(Spawn.NEWTIME, "CLONE_NEWTIME"))
                .means((errno, result) -> errno == Errno.EINVAL
                        ? Optional.of("this kernel has no time namespaces (Linux 5.6, CONFIG_TIME_NS); leave the"
                                + " offsets of its clocks out")
                        : Optional.empty()));
    }

    /** Once it has joined its cgroups, which then are the top that it sees. */
    void hideCgroups() {
        if (namespaces.own(Namespace.CGROUP)) {
            calls.purpose(Purpose.NAMESPACES);
            calls.call(SyscallNumber.UNSHARE, Argument.flags(Spawn.NEWCGROUP, "CLONE_NEWCGROUP"));
        }
    }

    void setHostname() {
        if (!namespaces.own(Namespace.UTS)) {
            return;
        }
        calls.purpose(Purpose.NAMESPACES);
        calls.call(
                SyscallNumber.SETHOSTNAME,
                Argument.text(namespaces.hostname()),
                Argument.number(namespaces.hostname().getBytes(StandardCharsets.UTF_8).length));
    }

    /** The runtime's network does that itself when it is attached. */
    void raiseLoopback() {
        if (namespaces.network().isPresent() || !namespaces.own(Namespace.NET)) {
            return;
        }
        calls.purpose(Purpose.NETWORK);
        Step socket = calls.call(
                SyscallNumber.SOCKET,
                Argument.flags(2, "AF_INET"),
                Argument.flags(2 | 02000000, "SOCK_DGRAM|SOCK_CLOEXEC"),
                Argument.number(0));
        byte[] request = ByteBuffer.allocate(IFREQ_BYTES)
                .order(ByteOrder.nativeOrder())
                .put((byte) 'l')
                .put((byte) 'o')
                .putShort(16, (short) UP_RUNNING)
                .array();
        Step raise = calls.call(
                SyscallNumber.IOCTL,
                Argument.resultOf("socket"),
                Argument.flags(SIOCSIFFLAGS, "SIOCSIFFLAGS"),
                Argument.bytes(request, "{ifr_name=\"lo\", ifr_flags=IFF_UP|IFF_RUNNING}"));
        socket.resultTo(raise.index(), 0);
    }
}

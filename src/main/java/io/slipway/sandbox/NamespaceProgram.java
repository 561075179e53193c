package io.slipway.sandbox;

import io.slipway.linux.Argument;
import io.slipway.linux.Purpose;
import io.slipway.linux.Spawn;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram.Step;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The namespaces that a child is born in, and what must be done in them before they are of use. */
final class NamespaceProgram {
    private static final int SIOCSIFFLAGS = 0x8914;
    private static final int IFREQ_BYTES = 40;
    private static final int UP_RUNNING = 0x1 | 0x40;

    private final Calls calls;
    private final Namespaces namespaces;

    NamespaceProgram(Calls calls, Namespaces namespaces) {
        this.calls = calls;
        this.namespaces = namespaces;
    }

    /** Flags of the clone. */
    long flags() {
        long flags = Spawn.NEWNS | Spawn.NEWPID | Spawn.NEWNET | Spawn.NEWUTS | Spawn.NEWIPC;
        return namespaces.user().isPresent() ? flags | Spawn.NEWUSER : flags;
    }

    /** Once the maps are written. */
    void becomeRoot() {
        calls.purpose(Purpose.NAMESPACES);
        if (namespaces.user().isPresent()) {
            calls.identity(0, 0, List.of());
        }
    }

    /** Once it has joined its cgroups, which then are the top that it sees. */
    void hideCgroups() {
        calls.purpose(Purpose.NAMESPACES);
        calls.call(SyscallNumber.UNSHARE, Argument.flags(Spawn.NEWCGROUP, "CLONE_NEWCGROUP"));
    }

    void setHostname() {
        calls.purpose(Purpose.NAMESPACES);
        calls.call(
                SyscallNumber.SETHOSTNAME,
                Argument.text(namespaces.hostname()),
                Argument.number(namespaces.hostname().getBytes(StandardCharsets.UTF_8).length));
    }

    /** The runtime's network does that itself when it is attached. */
    void raiseLoopback() {
        calls.purpose(Purpose.NETWORK);
        if (namespaces.network()) {
            return;
        }
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
                Argument.bytes(request, "{lo, IFF_UP|IFF_RUNNING}"));
        socket.resultTo(raise.index(), 0);
    }
}

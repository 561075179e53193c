package io.slipway.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/** Hands a descriptor over a Unix socket to who attends it: a terminal's master, a listener for calls (SCM_RIGHTS, unix(7)). */
public final class ConsoleSocket {
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM_CLOEXEC = 1 | 02000000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDTIMEO = 21;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int TIMEVAL_BYTES = 16;
    private static final int PATH_BYTES_MAX = 107;

    private ConsoleSocket() {}

    /** Takes a descriptor of another process that we may trace (pidfd_getfd(2)). */
    public static Descriptor take(int pidfd, int number, String object) throws SyscallException {
        long fd = Libc.syscall(SyscallNumber.PIDFD_GETFD.number(), pidfd, number, 0, 0, 0);
        return new Descriptor(Syscalls.checked(fd, "pidfd_getfd", object), object);
    }

    /**
     * Sends a descriptor with something about it, by a connection of its own to a socket that listens at a path.
     *
     * @param patience how long to wait at most for who listens: he may accept nobody, or read nothing
     * @throws SyscallException EAGAIN when he did not take it in that time
     */
    public static void send(Path socket, Descriptor descriptor, byte[] about, Duration patience)
            throws SyscallException {
        byte[] path = socket.toString().getBytes(StandardCharsets.UTF_8);
        if (path.length > PATH_BYTES_MAX) {
            throw new SyscallException("connect", socket + " (at most " + PATH_BYTES_MAX + " bytes)", Errno.EINVAL);
        }
        long made = Libc.syscall(SyscallNumber.SOCKET.number(), AF_UNIX, SOCK_STREAM_CLOEXEC, 0, 0, 0);
        try (Descriptor connection = new Descriptor(Syscalls.checked(made, "socket", "AF_UNIX"), socket.toString());
                NativeArena arena = NativeArena.open()) {
            Waiting waiting = new Waiting(connection, arena, System.nanoTime() + patience.toNanos());
            ProgramMemory.Block address = arena.allocate(2 + path.length + 1);
            address.view().putShort((short) AF_UNIX).put(path);
            waiting.call(
                    "connect",
                    () -> Libc.syscall(
                            SyscallNumber.CONNECT.number(),
                            connection.number(),
                            address.address(),
                            2 + path.length + 1,
                            0,
                            0));
            long message = DescriptorMessage.of(arena, about, List.of(descriptor));
            long sent = waiting.call(
                    "sendmsg",
                    () -> Libc.syscall(
                            SyscallNumber.SENDMSG.number(), connection.number(), message, MSG_NOSIGNAL, 0, 0));
            if (sent < about.length) {
                // The rest did not fit, and time is over: half a message is none.
                throw new SyscallException("sendmsg", socket + ": not taken as a whole", Errno.EAGAIN);
            }
        }
    }

    /** Calls that wait for the other side, until a time (socket(7), SO_SNDTIMEO: connect(2) heeds it too). */
    private record Waiting(Descriptor connection, NativeArena arena, long end) {
        long call(String name, LongSupplier call) throws SyscallException {
            while (true) {
                limit(Duration.ofNanos(Math.max(1000, end - System.nanoTime())));
                long result = call.getAsLong();
                // The JVM's own signals end it early.
                if (result >= 0 || Libc.errno() != Errno.EINTR || System.nanoTime() > end) {
                    return Syscalls.checked(result, name, connection.object());
                }
            }
        }

        private void limit(Duration left) throws SyscallException {
            ProgramMemory.Block time = arena.allocate(TIMEVAL_BYTES);
            time.view().putLong(left.toSeconds()).putLong(left.toNanosPart() / 1000);
            long set = Libc.syscall(
                    SyscallNumber.SETSOCKOPT.number(),
                    connection.number(),
                    SOL_SOCKET,
                    SO_SNDTIMEO,
                    time.address(),
                    TIMEVAL_BYTES);
            Syscalls.checked(set, "setsockopt SO_SNDTIMEO", connection.object());
        }
    }
}

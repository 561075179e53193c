package io.slipway.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Hands a descriptor over a Unix socket to who attends it: a terminal's master, a listener for calls (SCM_RIGHTS, unix(7)). */
public final class ConsoleSocket {
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM_CLOEXEC = 1 | 02000000;
    private static final int PATH_BYTES_MAX = 107;

    private ConsoleSocket() {}

    /** Takes a descriptor of another process that we may trace (pidfd_getfd(2)). */
    public static Descriptor take(int pidfd, int number, String object) throws SyscallException {
        long fd = Libc.syscall(SyscallNumber.PIDFD_GETFD.number(), pidfd, number, 0, 0, 0);
        return new Descriptor(Syscalls.checked(fd, "pidfd_getfd", object), object);
    }

    /** Sends a descriptor with its name to a socket that listens at a path. */
    public static void send(Path socket, Descriptor descriptor) throws SyscallException {
        send(socket, descriptor, descriptor.object().getBytes(StandardCharsets.UTF_8));
    }

    /** Sends a descriptor with something about it, by a connection of its own. */
    public static void send(Path socket, Descriptor descriptor, byte[] about) throws SyscallException {
        byte[] path = socket.toString().getBytes(StandardCharsets.UTF_8);
        if (path.length > PATH_BYTES_MAX) {
            throw new SyscallException("connect", socket + " (at most " + PATH_BYTES_MAX + " bytes)", Errno.EINVAL);
        }
        long made = Libc.syscall(SyscallNumber.SOCKET.number(), AF_UNIX, SOCK_STREAM_CLOEXEC, 0, 0, 0);
        try (Descriptor connection = new Descriptor(Syscalls.checked(made, "socket", "AF_UNIX"), socket.toString());
                NativeArena arena = NativeArena.open()) {
            NativeArena.Block address = arena.allocate(2 + path.length + 1);
            address.view().putShort((short) AF_UNIX).put(path);
            long connected = Libc.syscall(
                    SyscallNumber.CONNECT.number(), connection.number(), address.address(), 2 + path.length + 1, 0, 0);
            Syscalls.checked(connected, "connect", socket.toString());
            long message = DescriptorMessage.of(arena, about, List.of(descriptor));
            long sent = Libc.syscall(SyscallNumber.SENDMSG.number(), connection.number(), message, 0, 0, 0);
            if (Syscalls.checked(sent, "sendmsg", socket.toString()) < about.length) {
                throw new SyscallException("sendmsg", socket + ": not taken as a whole", Errno.EIO);
            }
        }
    }
}

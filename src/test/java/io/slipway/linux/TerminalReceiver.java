package io.slipway.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The other end of {@code --console-socket} and of a {@code listenerPath}: listens, takes one descriptor, reads what comes out of it. x86-64. */
public final class TerminalReceiver implements AutoCloseable {
    private static final int BIND = 49;
    private static final int LISTEN = 50;
    private static final int ACCEPT = 43;
    private static final int RECVMSG = 47;
    private static final int UNIX = 1;
    private static final int DATA_BYTES = 16 * 1024;
    private static final int STREAM_CLOEXEC = 1 | 02000000;
    private final Descriptor listening;

    public TerminalReceiver(Path socket) throws SyscallException {
        byte[] path = socket.toString().getBytes(StandardCharsets.UTF_8);
        long made = Libc.syscall(SyscallNumber.SOCKET.number(), UNIX, STREAM_CLOEXEC, 0, 0, 0);
        listening = new Descriptor(Syscalls.checked(made, "socket", "AF_UNIX"), socket.toString());
        try (NativeArena arena = NativeArena.open()) {
            NativeArena.Block address = arena.allocate(3 + path.length);
            address.view().putShort((short) UNIX).put(path);
            long bound = Libc.syscall(BIND, listening.number(), address.address(), 3 + path.length, 0, 0);
            Syscalls.checked(bound, "bind", socket.toString());
            Syscalls.checked(Libc.syscall(LISTEN, listening.number(), 1, 0, 0, 0), "listen", socket.toString());
        }
    }

    /** What was sent with a descriptor. */
    public record Received(Descriptor descriptor, String about) {}

    /** Waits for somebody to send one. */
    public Descriptor take() throws SyscallException {
        return receive().descriptor();
    }

    /** The same, with what was sent beside it. */
    public Received receive() throws SyscallException {
        long accepted = Libc.syscall(ACCEPT, listening.number(), 0, 0, 0, 0);
        try (Descriptor connection = new Descriptor(Syscalls.checked(accepted, "accept", ""), "connection");
                NativeArena arena = NativeArena.open()) {
            NativeArena.Block data = arena.allocate(DATA_BYTES);
            NativeArena.Block pieces = arena.allocate(16);
            pieces.view().putLong(data.address()).putLong(DATA_BYTES);
            NativeArena.Block control = arena.allocate(24);
            NativeArena.Block header = arena.allocate(56);
            header.view().putLong(16, pieces.address()).putLong(24, 1);
            header.view().putLong(32, control.address()).putLong(40, 24);
            long count = Libc.syscall(RECVMSG, connection.number(), header.address(), 0, 0, 0);
            byte[] about = new byte[Syscalls.checked(count, "recvmsg", "")];
            data.view().get(about);
            Descriptor received = new Descriptor(control.view().getInt(16), "received");
            return new Received(received, new String(about, StandardCharsets.UTF_8));
        }
    }

    /** What comes out of it until its other end is closed by all. */
    public static String readAll(Descriptor terminal) {
        StringBuilder text = new StringBuilder();
        byte[] buffer = new byte[4096];
        long count = Libc.read(terminal.number(), buffer, buffer.length);
        while (count > 0) {
            text.append(new String(buffer, 0, (int) count, StandardCharsets.UTF_8));
            count = Libc.read(terminal.number(), buffer, buffer.length);
        }
        return text.toString();
    }

    @Override
    public void close() {
        listening.close();
    }
}

package io.slipway.linux;

import java.time.Duration;

/** Waits for something to happen to a descriptor (poll(2)). */
public final class Poll {
    private static final short POLLIN = 1;
    private static final short POLLERR = 8;
    private static final int POLLFD_BYTES = 8;
    private static final int TIMESPEC_BYTES = 16;

    private Poll() {}

    /** Whether the process of a pidfd ends within that time. */
    public static boolean awaitEnd(Descriptor pidfd, Duration patience) throws SyscallException {
        return await(pidfd, POLLIN, patience) != 0;
    }

    /** Whether the other end of a pipe that we write to is closed within that time. */
    public static boolean awaitClosed(Descriptor written, Duration patience) throws SyscallException {
        return (await(written, (short) 0, patience) & POLLERR) != 0;
    }

    private static int await(Descriptor descriptor, short events, Duration patience) throws SyscallException {
        long end = System.nanoTime() + patience.toNanos();
        try (NativeArena arena = NativeArena.open()) {
            ProgramMemory.Block fds = arena.allocate(POLLFD_BYTES);
            ProgramMemory.Block time = arena.allocate(TIMESPEC_BYTES);
            fds.view().putInt(0, descriptor.number()).putShort(4, events);
            long ready;
            do {
                Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
                time.view().putLong(0, left.toSeconds()).putLong(8, left.toNanosPart());
                ready = Libc.syscall(SyscallNumber.PPOLL.number(), fds.address(), 1, time.address(), 0, 0);
                // The JVM's own signals end it early.
            } while (ready < 0 && Libc.errno() == Errno.EINTR);
            Syscalls.checked(ready, "ppoll", descriptor.object());
            return fds.view().getShort(6);
        }
    }
}

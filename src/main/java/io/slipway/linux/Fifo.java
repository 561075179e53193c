package io.slipway.linux;

import java.nio.file.Path;

/** A named pipe through which a process that waits is told to go on (fifo(7)). */
public final class Fifo {
    private static final int S_IFIFO = 0010000;
    private static final int AT_FDCWD = -100;
    private static final int O_RDWR = 2;
    private static final int O_NONBLOCK = 04000;

    private Fifo() {}

    /** Makes it and opens it for who waits; a read then waits also while nobody has it open for writing. */
    public static Descriptor make(Path path) throws SyscallException {
        long made = Libc.syscall(
                SyscallNumber.MKNODAT.number(), AT_FDCWD, Libc.path(path.toString()), S_IFIFO | 0600, 0, 0);
        Syscalls.checked(made, "mknodat", path.toString());
        return Syscalls.open(path, O_RDWR, 0);
    }

    /** Whether somebody waits there; he is not disturbed by the question. */
    public static boolean isWaitedAt(Path path) throws SyscallException {
        try (Descriptor open = openToTell(path)) {
            return open.number() >= 0;
        } catch (SyscallException e) {
            if (e.errno() == Errno.ENXIO || e.errno() == Errno.ENOENT) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Opens it for who tells.
     *
     * @throws SyscallException ENXIO if nobody waits any more
     */
    public static Descriptor openToTell(Path path) throws SyscallException {
        return Syscalls.open(path, Syscalls.O_WRONLY | O_NONBLOCK, 0);
    }
}

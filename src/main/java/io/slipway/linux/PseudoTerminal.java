package io.slipway.linux;

import com.sun.jna.Native;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * A terminal of a container's own devpts: programs in it find it by its name below /dev/pts. Both ends are opened here, by descriptors that were
 * looked at first, so that nothing the container has put in its /dev can be taken for a terminal (CVE-2025-52565).
 */
public final class PseudoTerminal implements AutoCloseable {
    private static final long TIOCSPTLCK = 0x40045431L;
    private static final long TIOCGPTPEER = 0x5441L;
    private static final long TIOCSWINSZ = 0x5414L;
    private static final int O_RDWR_NOCTTY_CLOEXEC = 2 | 0400 | 02000000;
    private static final int RESOLVE_IN_ROOT_NO_LINKS = 0x10 | 0x02 | 0x04;
    private static final int OPENAT2 = 437;
    private static final int DEVPTS_SUPER_MAGIC = 0x1cd1;
    private static final int STATFS_BYTES = 120;
    private static final int STATX_BYTES = 256;
    private static final int STATX_BASIC = 0x7ff;
    private static final int STATX_RDEV_MAJOR = 0x80;
    private static final int PTMX_MAJOR = 5;
    private static final int PTMX_MINOR = 2;

    private final Descriptor master;
    private final Descriptor slave;

    private PseudoTerminal(Descriptor master, Descriptor slave) {
        this.master = master;
        this.slave = slave;
    }

    /**
     * Makes one in the mount namespace of a process.
     *
     * @param uid who is to own it, a number of the host
     * @throws IOException if that has no devpts at /dev/pts
     */
    public static PseudoTerminal in(int pid, int uid, int gid, WindowSize size) throws IOException {
        Descriptor master = openMaster(pid);
        try {
            control(master, TIOCSPTLCK, new byte[4], "TIOCSPTLCK");
            int peer = DescriptorCalls.ioctl(master.number(), TIOCGPTPEER, (long) O_RDWR_NOCTTY_CLOEXEC);
            Descriptor slave = Syscalls.own(Syscalls.checked(peer, "ioctl TIOCGPTPEER", master.object()), "terminal");
            PseudoTerminal terminal = new PseudoTerminal(master, slave);
            Syscalls.chown(slave, uid, gid);
            terminal.resize(size);
            return terminal;
        } catch (IOException e) {
            master.close();
            throw e;
        }
    }

    private static Descriptor openMaster(int pid) throws IOException {
        String shown = "/dev/pts/ptmx in the container of process " + pid;
        try (Descriptor root = Syscalls.open(Path.of("/proc/" + pid + "/root"), Syscalls.O_PATH, 0);
                Descriptor found = find(root, shown)) {
            if (fileSystem(found) != DEVPTS_SUPER_MAGIC || !isMultiplexer(found)) {
                throw new IOException(shown + " is no multiplexer of a devpts file system, so no terminal can be made; "
                        + "run it without one");
            }
            // The very file that was looked at, whatever its name means by now.
            return Syscalls.open(Path.of("/proc/self/fd/" + found.number()), O_RDWR_NOCTTY_CLOEXEC, 0);
        }
    }

    private static Descriptor find(Descriptor root, String shown) throws SyscallException {
        ByteBuffer how = ByteBuffer.allocate(24).order(ByteOrder.nativeOrder());
        how.putLong(Syscalls.O_PATH | Syscalls.O_CLOEXEC).putLong(0).putLong(RESOLVE_IN_ROOT_NO_LINKS);
        long fd = FileCalls.syscall(OPENAT2, root.number(), Libc.path("dev/pts/ptmx"), how.array(), how.capacity());
        return Syscalls.own(Syscalls.checked(fd, "openat2", shown), shown);
    }

    private static long fileSystem(Descriptor file) throws SyscallException {
        byte[] result = new byte[STATFS_BYTES];
        Syscalls.checked(DescriptorCalls.fstatfs(file.number(), result), "fstatfs", file.object());
        return ByteBuffer.wrap(result).order(ByteOrder.nativeOrder()).getLong(0);
    }

    private static boolean isMultiplexer(Descriptor file) throws SyscallException {
        byte[] result = new byte[STATX_BYTES];
        int outcome = FileCalls.statx(file.number(), Libc.path(""), FileCalls.AT_EMPTY_PATH, STATX_BASIC, result);
        Syscalls.checked(outcome, "statx", file.object());
        ByteBuffer stat = ByteBuffer.wrap(result).order(ByteOrder.nativeOrder());
        return stat.getInt(STATX_RDEV_MAJOR) == PTMX_MAJOR && stat.getInt(STATX_RDEV_MAJOR + 4) == PTMX_MINOR;
    }

    /** Our end. */
    public Descriptor master() {
        return master;
    }

    /** Within a plan: the end that would be given away. */
    public static Descriptor plannedSlave() {
        return new Descriptor(0, "terminal");
    }

    /** The end that is given away. */
    public Descriptor slave() {
        return slave;
    }

    /** Once it was: with our own, its end would never be seen. */
    public void givenAway() {
        slave.close();
    }

    /** Tells the programs in it by SIGWINCH. */
    public void resize(WindowSize size) throws SyscallException {
        control(master, TIOCSWINSZ, size.bytes(), "TIOCSWINSZ");
    }

    private static void control(Descriptor terminal, long request, byte[] argument, String name)
            throws SyscallException {
        if (DescriptorCalls.ioctl(terminal.number(), request, argument) < 0) {
            throw new SyscallException("ioctl " + name, terminal.object(), Native.getLastError());
        }
    }

    @Override
    public void close() {
        slave.close();
        master.close();
    }
}

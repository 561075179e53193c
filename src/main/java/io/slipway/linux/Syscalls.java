package io.slipway.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** System calls that the agent makes itself. Each throws {@link SyscallException} naming the call, its object and the errno. */
public final class Syscalls {
    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_CREAT = 0100;
    public static final int O_EXCL = 0200;
    public static final int O_TRUNC = 01000;
    public static final int O_APPEND = 02000;
    public static final int O_DIRECTORY = Architecture.here().openDirectory();
    public static final int O_NOFOLLOW = Architecture.here().openNoFollow();
    public static final int O_CLOEXEC = 02000000;
    public static final int O_PATH = 010000000;
    private static final int EFD_CLOEXEC_NONBLOCK = 02000000 | 04000;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int F_ADD_SEALS = 1033;
    private static final int SEAL_SEAL_SHRINK_GROW_WRITE = 1 | 2 | 4 | 8;
    private static final int MFD_CLOEXEC_SEALING = 1 | 2;
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_EXEC = 0x10;
    private static final int AT_FDCWD = -100;
    private static final int OPEN_HOW_BYTES = 24;
    private static final int RESOLVE_NO_MAGICLINKS_IN_ROOT = 0x02 | 0x10;
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM_CLOEXEC = 1 | 02000000;
    private static final int OPEN_TREE_CLONE = 1;
    private static final int AT_RECURSIVE = 0x8000;
    private static final int PR_SET_DUMPABLE = 4;
    private static final int P_PIDFD = 3;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    // struct siginfo_t for SIGCHLD (sigaction(2)).
    private static final int SIGINFO_CODE = 8;
    private static final int SIGINFO_PID = 16;
    private static final int SIGINFO_STATUS = 24;
    private static final int CLD_EXITED = 1;
    /** Descriptors below are given fixed meanings in a child; ours are opened above. */
    private static final int FIRST_FREE_DESCRIPTOR = 10;

    private Syscalls() {}

    /** Opens close-on-exec, on a descriptor of at least 10. */
    public static Descriptor open(Path path, int flags, int mode) throws SyscallException {
        String name = path.toString();
        long fd = CallLog.call(
                "open",
                () -> Libc.open(Libc.path(name), flags | O_CLOEXEC, mode),
                Argument.text(name),
                Argument.flags(flags | O_CLOEXEC, FlagNames.OPEN),
                Argument.octal(mode));
        return own(checked(fd, "open", path.toString()), path.toString());
    }

    /**
     * Opens a path as a process would whose root directory is {@code root}: no link leads out of it, and none of procfs is followed (openat2(2),
     * RESOLVE_IN_ROOT and RESOLVE_NO_MAGICLINKS).
     */
    public static Descriptor openWithin(Descriptor root, String path, int flags) throws SyscallException {
        byte[] how = ByteBuffer.allocate(OPEN_HOW_BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(flags | O_CLOEXEC)
                .putLong(0)
                .putLong(RESOLVE_NO_MAGICLINKS_IN_ROOT)
                .array();
        try (NativeArena arena = NativeArena.open()) {
            NativeArena.Block block = arena.allocate(how.length);
            block.view().put(how);
            long fd = Libc.syscall(
                    SyscallNumber.OPENAT2.number(), root.number(), Libc.path(path), block.address(), how.length, 0);
            return own(checked(fd, "openat2", root.object() + path), path);
        }
    }

    /** A counter that the kernel can be told to count events with, close-on-exec; reads do not wait (eventfd(2)). */
    public static Descriptor eventCounter(String object) throws SyscallException {
        int fd = DescriptorCalls.eventfd(0, EFD_CLOEXEC_NONBLOCK);
        return own(checked(fd, "eventfd", object), object);
    }

    /** A pipe, close-on-exec: [0] is read, [1] is written. */
    public static Descriptor[] pipe() throws SyscallException {
        int[] fds = new int[2];
        long result = CallLog.call(
                "pipe2",
                () -> Libc.pipe2(fds, O_CLOEXEC),
                new Argument.Pair(fds),
                Argument.flags(O_CLOEXEC, FlagNames.OPEN));
        checked(result, "pipe2", "");
        return new Descriptor[] {own(fds[0], "pipe (read end)"), own(fds[1], "pipe (write end)")};
    }

    /** Two connected Unix sockets, close-on-exec. */
    static Descriptor[] socketPair(String object) throws SyscallException {
        int[] fds = new int[2];
        long result = CallLog.call(
                "socketpair",
                () -> Libc.socketpair(AF_UNIX, SOCK_STREAM_CLOEXEC, 0, fds),
                Argument.flags(AF_UNIX, "AF_UNIX"),
                Argument.flags(SOCK_STREAM_CLOEXEC, "SOCK_STREAM|SOCK_CLOEXEC"),
                Argument.number(0),
                new Argument.Pair(fds));
        checked(result, "socketpair", object);
        return new Descriptor[] {own(fds[0], object + " (ours)"), own(fds[1], object)};
    }

    /** A detached copy of what is mounted at a directory or file, to be moved to a place in another mount namespace. */
    public static Descriptor openTree(Path path, boolean recursive) throws SyscallException {
        int flags = OPEN_TREE_CLONE | O_CLOEXEC | (recursive ? AT_RECURSIVE : 0);
        String name = path.toString();
        long fd = CallLog.call(
                "open_tree",
                () -> call(SyscallNumber.OPEN_TREE, AT_FDCWD, Libc.path(name), flags, 0),
                Argument.flags(AT_FDCWD, "AT_FDCWD"),
                Argument.text(name),
                Argument.flags(flags, FlagNames.OPEN_TREE));
        return own(checked(fd, "open_tree", path.toString()), path.toString());
    }

    public static void mkdir(Path path, int mode) throws SyscallException {
        String name = path.toString();
        long result = CallLog.call(
                "mkdir", () -> Libc.mkdir(Libc.path(name), mode), Argument.text(name), Argument.octal(mode));
        checked(result, "mkdir", name);
    }

    public static void rmdir(Path path) throws SyscallException {
        String name = path.toString();
        checked(CallLog.call("rmdir", () -> Libc.rmdir(Libc.path(name)), Argument.text(name)), "rmdir", name);
    }

    /** Removes a file or link; false when there was none. */
    public static boolean unlink(Path path) throws SyscallException {
        int result = Libc.unlink(Libc.path(path.toString()));
        if (result < 0 && Libc.errno() == Errno.ENOENT) {
            return false;
        }
        checked(result, "unlink", path.toString());
        return true;
    }

    public static void chown(Path path, int uid, int gid) throws SyscallException {
        String name = path.toString();
        long result = CallLog.call(
                "chown",
                () -> Libc.chown(Libc.path(name), uid, gid),
                Argument.text(name),
                Argument.number(uid),
                Argument.number(gid));
        checked(result, "chown", name);
    }

    public static void chown(Descriptor file, int uid, int gid) throws SyscallException {
        long result = CallLog.call(
                "fchown",
                () -> Libc.fchown(file.number(), uid, gid),
                Argument.descriptor(file),
                Argument.number(uid),
                Argument.number(gid));
        checked(result, "fchown", file.object());
    }

    /** Writes a kernel file in one write, as those in cgroupfs and /proc demand. */
    public static void writeFile(Path path, String text) throws SyscallException {
        try (Descriptor file = open(path, O_WRONLY, 0)) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            checked(written(file, bytes), "write '" + text.strip() + "' to", path.toString());
        }
    }

    /**
     * Opens, writes at once, and closes.
     *
     * @param flags of open(2), e.g. O_APPEND; O_WRONLY is added
     */
    public static void writeFile(Path path, int flags, int mode, byte[] content) throws SyscallException {
        try (Descriptor file = open(path, flags | O_WRONLY, mode)) {
            int written = checked(written(file, content), "write", path.toString());
            if (written < content.length && !CallLog.planning()) {
                throw new SyscallException("write", path.toString(), Errno.ENOSPC);
            }
        }
    }

    public static void write(Descriptor file, byte[] bytes) throws SyscallException {
        checked(written(file, bytes), "write", file.object());
    }

    /** Reads at most {@code length} bytes from where the file stands; for small files of the kernel. */
    public static String read(Path path, int length) throws SyscallException {
        return CallLog.reading(() -> readAtOnce(path, length));
    }

    private static String readAtOnce(Path path, int length) throws SyscallException {
        try (Descriptor file = open(path, O_RDONLY, 0)) {
            byte[] buffer = new byte[length];
            long[] count = {0};
            long result = CallLog.call(
                    "read",
                    () -> count[0] = Libc.read(file.number(), buffer, length),
                    Argument.descriptor(file),
                    Argument.text(() ->
                            new Argument.Content(Arrays.copyOf(buffer, (int) Math.max(0, count[0]))).shown()),
                    Argument.number(length));
            int n = checked(result, "read", path.toString());
            return new String(buffer, 0, n, StandardCharsets.UTF_8);
        }
    }

    /**
     * A sealed executable in memory. Nobody but us may read it, so that a process which runs it can be neither traced nor opened through
     * /proc/PID/exe by its neighbours, not even by a container's root (CVE-2019-5736).
     */
    public static Descriptor sealedExecutable(String name, byte[] content) throws SyscallException {
        // MFD_EXEC is refused before Linux 6.3; without it such kernels allow execution anyway.
        long fd = call(SyscallNumber.MEMFD_CREATE, Libc.path(name), MFD_CLOEXEC_SEALING | MFD_EXEC, 0, 0);
        if (fd < 0) {
            fd = call(SyscallNumber.MEMFD_CREATE, Libc.path(name), MFD_CLOEXEC_SEALING, 0, 0);
        }
        Descriptor file = own(checked(fd, "memfd_create", name), name);
        try {
            write(file, content);
            checked(Libc.fchmod(file.number(), 0111), "fchmod", name);
            checked(Libc.fcntl(file.number(), F_ADD_SEALS, SEAL_SEAL_SHRINK_GROW_WRITE), "fcntl F_ADD_SEALS", name);
            return file;
        } catch (SyscallException e) {
            file.close();
            throw e;
        }
    }

    /** A file in memory, open for reading and writing; gone with its last descriptor. */
    static Descriptor memory(String name, byte[] content) throws SyscallException {
        long fd = call(SyscallNumber.MEMFD_CREATE, Libc.path(name), MFD_CLOEXEC, 0, 0);
        Descriptor file = own(checked(fd, "memfd_create", name), name);
        try {
            write(file, content);
            return file;
        } catch (SyscallException e) {
            file.close();
            throw e;
        }
    }

    /** Up to {@code length} bytes from an offset. */
    static byte[] readAt(Descriptor file, long offset, int length) throws SyscallException {
        byte[] bytes = new byte[length];
        int n = checked(DescriptorCalls.pread(file.number(), bytes, length, offset), "pread", file.object());
        return n == length ? bytes : java.util.Arrays.copyOf(bytes, n);
    }

    /** A handle of a process that cannot come to mean another one; also of one that has ended and was not yet waited for. */
    public static Descriptor pidfdOpen(int pid) throws SyscallException {
        long fd = CallLog.call(
                "pidfd_open",
                () -> call(SyscallNumber.PIDFD_OPEN, pid, 0, 0, 0, 0),
                Argument.number(pid),
                Argument.number(0));
        return own(checked(fd, "pidfd_open", "of process " + pid), "process " + pid);
    }

    /** Signals a process; does nothing when it has already ended. */
    public static void pidfdSignal(Descriptor pidfd, int signal) throws SyscallException {
        long result = call(SyscallNumber.PIDFD_SEND_SIGNAL, pidfd.number(), signal, 0, 0, 0);
        if (result < 0 && Libc.errno() != Errno.ESRCH) {
            throw new SyscallException("pidfd_send_signal " + signal, pidfd.object(), Libc.errno());
        }
    }

    /** Signals by number; true when there was such a process. Prefer {@link #pidfdSignal}. */
    public static boolean kill(int pid, int signal) {
        return Libc.kill(pid, signal) == 0;
    }

    /**
     * Collects an ended child, without waiting.
     *
     * @return its wait status as wait4(2) would give it, or empty when it runs or is not a child of ours
     */
    public static Optional<Integer> reap(Descriptor pidfd) {
        return waitFor(pidfd, WEXITED | WNOHANG);
    }

    /** Collects a child that is about to end: vfork(2) lets its parent go on a moment before it can be waited for. */
    static void awaitEnd(Descriptor pidfd) {
        waitFor(pidfd, WEXITED);
    }

    private static Optional<Integer> waitFor(Descriptor pidfd, int options) {
        ByteBuffer info = ByteBuffer.allocate(128).order(ByteOrder.nativeOrder());
        long result = Libc.syscall(SyscallNumber.WAITID.number(), P_PIDFD, pidfd.number(), info.array(), options, 0);
        if (result < 0 || info.getInt(SIGINFO_PID) == 0) {
            return Optional.empty();
        }
        int status = info.getInt(SIGINFO_STATUS);
        return Optional.of(info.getInt(SIGINFO_CODE) == CLD_EXITED ? status << 8 : status);
    }

    /** Gives the calling platform thread a working directory of its own. */
    static void unshareWorkingDirectory() throws SyscallException {
        int cloneFs = 0x200;
        checked(Libc.unshare(cloneFs), "unshare", "CLONE_FS");
    }

    /** Ends this process with all its threads, whatever they are at; no shutdown hook runs. */
    public static void exitAtOnce(int code) {
        call(SyscallNumber.EXIT_GROUP, code, 0, 0, 0, 0);
        throw new IllegalStateException("exit_group came back");
    }

    /** Takes the calling platform thread to another namespace of a kind (setns(2)). */
    static void setNamespace(Descriptor namespace, long kind) throws SyscallException {
        checked(call(SyscallNumber.SETNS, namespace.number(), kind, 0, 0, 0), "setns", namespace.object());
    }

    static void chdir(Path path) throws SyscallException {
        String name = path.toString();
        checked(CallLog.call("chdir", () -> Libc.chdir(Libc.path(name)), Argument.text(name)), "chdir", name);
    }

    /** Keeps other processes of the same user, and children that still share our memory, from reading or tracing us. */
    public static void setUndumpable() throws SyscallException {
        checked(Libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl", "PR_SET_DUMPABLE 0");
    }

    /** Once more when a signal came in between, as those of profilers do: cgroup version 1 takes no memory limit then. */
    private static long written(Descriptor file, byte[] bytes) {
        return CallLog.call(
                "write",
                () -> {
                    long result;
                    do {
                        result = Libc.write(file.number(), bytes, bytes.length);
                    } while (result < 0 && Libc.errno() == Errno.EINTR);
                    return result;
                },
                Argument.descriptor(file),
                new Argument.Content(bytes),
                Argument.number(bytes.length));
    }

    static int checked(long result, String call, String object) throws SyscallException {
        if (result < 0) {
            throw new SyscallException(call, object, Libc.errno());
        }
        return (int) result;
    }

    static Descriptor own(int fd, String object) throws SyscallException {
        if (fd >= FIRST_FREE_DESCRIPTOR || CallLog.planning()) {
            return new Descriptor(fd, object);
        }
        try (Descriptor low = new Descriptor(fd, object)) {
            long higher = CallLog.call(
                    "fcntl",
                    () -> Libc.fcntl(fd, F_DUPFD_CLOEXEC, FIRST_FREE_DESCRIPTOR),
                    Argument.descriptor(low),
                    Argument.flags(F_DUPFD_CLOEXEC, "F_DUPFD_CLOEXEC"),
                    Argument.number(FIRST_FREE_DESCRIPTOR));
            return new Descriptor(checked(higher, "fcntl F_DUPFD_CLOEXEC", object), object);
        }
    }

    private static long call(SyscallNumber number, long a, long b, long c, long d, long e) {
        return Libc.syscall(number.number(), a, b, c, d, e);
    }

    private static long call(SyscallNumber number, long a, byte[] b, long c, long d) {
        return Libc.syscall(number.number(), a, b, c, d, 0);
    }

    private static long call(SyscallNumber number, byte[] a, long b, long c, long d) {
        return Libc.syscall(number.number(), a, b, c, d, 0);
    }
}

package io.slipway.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;

/** Tries what the running kernel can do. Nothing is changed by any of it, and nothing is left. */
public final class KernelProbe {
    /** _IOWR(0xFF, 11, struct pidfd_info) with its first published size (include/uapi/linux/pidfd.h). */
    private static final long PIDFD_GET_INFO = 0xC040FF0BL;

    private static final long PIDFD_INFO_EXIT = 1L << 3;
    private static final int PIDFD_INFO_BYTES = 64;
    private static final int SECCOMP_GET_ACTION_AVAIL = 2;
    private static final int TIMEX_BYTES = 208;
    private static final int TIMEX_STATUS_OFFSET = 40;
    private static final int STA_UNSYNC = 0x40;
    private static final int AT_FDCWD = -100;
    private static final int OPEN_HOW_BYTES = 24;
    private static final int RESOLVE_IN_ROOT = 0x10;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final long MOUNT_ATTR_IDMAP = 0x100000;
    private static final int MOUNT_ATTR_BYTES = 32;

    private KernelProbe() {}

    /** The errno with which a call was refused; empty when it was done. */
    public record Tried(Optional<Integer> errno) {
        static Tried of(long result) {
            return new Tried(result < 0 ? Optional.of(Libc.errno()) : Optional.empty());
        }

        public boolean done() {
            return errno.isEmpty();
        }

        /** E.g. {@code ENOSYS (system call not in this kernel)}; {@code done}. */
        public String text() {
            return errno.map(Errno::describe).orElse("done");
        }
    }

    /** openat2(2) with RESOLVE_IN_ROOT, by which mount targets are opened. */
    public static Tried openat2() {
        ByteBuffer how = ByteBuffer.allocate(OPEN_HOW_BYTES).order(ByteOrder.nativeOrder());
        how.putLong(Syscalls.O_PATH | Syscalls.O_CLOEXEC).putLong(0).putLong(RESOLVE_IN_ROOT);
        long fd = FileCalls.syscall(FileCalls.OPENAT2, AT_FDCWD, Libc.path("/"), how.array(), OPEN_HOW_BYTES);
        Tried tried = Tried.of(fd);
        close(fd);
        return tried;
    }

    /** pidfd_open(2), of ourselves. */
    public static Tried pidfd() {
        long fd = pidfdOfSelf();
        Tried tried = Tried.of(fd);
        close(fd);
        return tried;
    }

    /** Whether a pidfd tells the exit of a process that somebody else has already waited for (PIDFD_INFO_EXIT, Linux 6.15). */
    public static Tried exitFromPidfd() {
        long fd = pidfdOfSelf();
        ByteBuffer info = ByteBuffer.allocate(PIDFD_INFO_BYTES).order(ByteOrder.nativeOrder());
        info.putLong(0, PIDFD_INFO_EXIT);
        // Of a process that runs, a kernel that knows the question answers without that bit; one that does not,
        // refuses.
        Tried tried = Tried.of(Libc.syscall(SyscallNumber.IOCTL.number(), fd, PIDFD_GET_INFO, info.array(), 0, 0));
        close(fd);
        return tried;
    }

    /** Whether seccomp filters may take an action, e.g. {@code 0x00050000} for SECCOMP_RET_ERRNO. */
    public static Tried seccompAction(int action) {
        byte[] value = ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(action)
                .array();
        return Tried.of(Libc.syscall(SyscallNumber.SECCOMP.number(), SECCOMP_GET_ACTION_AVAIL, 0, value, 0, 0));
    }

    /** Whether the clock is kept by somebody, e.g. NTP (adjtimex(2), STA_UNSYNC). Empty when the kernel does not say. */
    public static Optional<Boolean> clockSynchronized() {
        ByteBuffer timex = ByteBuffer.allocate(TIMEX_BYTES).order(ByteOrder.nativeOrder());
        long state = Libc.syscall(SyscallNumber.ADJTIMEX.number(), timex.array(), 0, 0, 0, 0);
        return state < 0 ? Optional.empty() : Optional.of((timex.getInt(TIMEX_STATUS_OFFSET) & STA_UNSYNC) == 0);
    }

    /**
     * ID-mapped mounts of the file system that a directory is on, by a copy that is never placed (mount_setattr(2)).
     *
     * @param pid of a process in a user namespace whose ids are mapped
     */
    public static Tried idMappedMount(Path directory, int pid) throws SyscallException {
        try (Descriptor tree = Syscalls.openTree(directory, false);
                Descriptor namespace = Syscalls.open(Path.of("/proc/" + pid + "/ns/user"), Syscalls.O_RDONLY, 0);
                NativeArena arena = NativeArena.open()) {
            NativeArena.Block attributes = arena.allocate(MOUNT_ATTR_BYTES);
            attributes.view().putLong(0, MOUNT_ATTR_IDMAP).putLong(24, namespace.number());
            return Tried.of(Libc.syscall(
                    SyscallNumber.MOUNT_SETATTR.number(),
                    tree.number(),
                    arena.string(""),
                    AT_EMPTY_PATH,
                    attributes.address(),
                    MOUNT_ATTR_BYTES));
        }
    }

    private static long pidfdOfSelf() {
        return Libc.syscall(
                SyscallNumber.PIDFD_OPEN.number(), ProcessHandle.current().pid(), 0, 0, 0, 0);
    }

    private static void close(long fd) {
        if (fd >= 0) {
            Libc.close((int) fd);
        }
    }
}

package io.slipway.linux;

import java.util.Locale;

/** System calls that programs and {@link Syscalls} make, with their x86-64 numbers (arch/x86/entry/syscalls/syscall_64.tbl). */
public enum SyscallNumber {
    READ(0),
    WRITE(1),
    OPEN(2),
    CLOSE(3),
    RT_SIGACTION(13),
    RT_SIGPROCMASK(14),
    IOCTL(16),
    ACCESS(21),
    DUP2(33),
    SOCKET(41),
    CLONE(56),
    EXECVE(59),
    WAIT4(61),
    CHDIR(80),
    MKDIR(83),
    SYMLINK(88),
    UMASK(95),
    MKNOD(133),
    SETSID(112),
    SETGROUPS(116),
    SETRESUID(117),
    SETRESGID(119),
    CAPSET(126),
    PIVOT_ROOT(155),
    PRCTL(157),
    MOUNT(165),
    UMOUNT2(166),
    SETHOSTNAME(170),
    EXIT_GROUP(231),
    WAITID(247),
    KEYCTL(250),
    UNSHARE(272),
    DUP3(292),
    PRLIMIT64(302),
    MEMFD_CREATE(319),
    EXECVEAT(322),
    PIDFD_SEND_SIGNAL(424),
    OPEN_TREE(428),
    MOVE_MOUNT(429),
    PIDFD_OPEN(434),
    CLONE3(435),
    CLOSE_RANGE(436),
    MOUNT_SETATTR(442);

    private final int x86;

    SyscallNumber(int x86) {
        this.x86 = x86;
    }

    public int number() {
        return x86;
    }

    /** As in the manual. */
    public String call() {
        return name().toLowerCase(Locale.ROOT);
    }
}

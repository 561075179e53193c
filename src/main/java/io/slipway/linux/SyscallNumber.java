package io.slipway.linux;

import java.util.Locale;

/**
 * System calls that programs and {@link Syscalls} make, with their numbers on x86-64 (arch/x86/entry/syscalls/syscall_64.tbl) and on aarch64
 * (include/uapi/asm-generic/unistd.h). Only calls that both have: aarch64 has no {@code open}, {@code mkdir}, {@code access} or {@code dup2}.
 */
public enum SyscallNumber {
    READ(0, 63),
    WRITE(1, 64),
    CLOSE(3, 57),
    MMAP(9, 222),
    RT_SIGACTION(13, 134),
    RT_SIGPROCMASK(14, 135),
    IOCTL(16, 29),
    SOCKET(41, 198),
    CONNECT(42, 203),
    SENDMSG(46, 211),
    RECVMSG(47, 212),
    SETSOCKOPT(54, 208),
    CLONE(56, 220),
    EXECVE(59, 221),
    WAIT4(61, 260),
    FCNTL(72, 25),
    CHDIR(80, 49),
    FCHDIR(81, 50),
    FCHOWN(93, 55),
    UMASK(95, 166),
    SETSID(112, 157),
    SETGROUPS(116, 159),
    SETRESUID(117, 147),
    SETRESGID(119, 149),
    CAPSET(126, 91),
    RT_SIGTIMEDWAIT(128, 137),
    PERSONALITY(135, 92),
    STATFS(137, 43),
    FSTATFS(138, 44),
    PIVOT_ROOT(155, 41),
    PRCTL(157, 167),
    CHROOT(161, 51),
    MOUNT(165, 40),
    UMOUNT2(166, 39),
    SETHOSTNAME(170, 161),
    SETDOMAINNAME(171, 162),
    GETDENTS64(217, 61),
    FUTEX(202, 98),
    EXIT_GROUP(231, 94),
    LSEEK(8, 62),
    NANOSLEEP(35, 101),
    SCHED_YIELD(24, 124),
    FALLOCATE(285, 47),
    WAITID(247, 95),
    KEYCTL(250, 219),
    IOPRIO_SET(251, 30),
    OPENAT(257, 56),
    MKDIRAT(258, 34),
    MKNODAT(259, 33),
    FCHOWNAT(260, 54),
    SYMLINKAT(266, 36),
    FACCESSAT(269, 48),
    PPOLL(271, 73),
    ADJTIMEX(159, 171),
    UNSHARE(272, 97),
    DUP3(292, 24),
    PRLIMIT64(302, 261),
    SETNS(308, 268),
    SCHED_SETATTR(314, 274),
    SECCOMP(317, 277),
    MEMFD_CREATE(319, 279),
    BPF(321, 280),
    EXECVEAT(322, 281),
    PIDFD_SEND_SIGNAL(424),
    OPEN_TREE(428),
    MOVE_MOUNT(429),
    FSOPEN(430),
    FSCONFIG(431),
    FSMOUNT(432),
    PIDFD_OPEN(434),
    CLONE3(435),
    CLOSE_RANGE(436),
    OPENAT2(437),
    PIDFD_GETFD(438),
    MOUNT_SETATTR(442);

    private final int x86;
    private final int aarch64;

    SyscallNumber(int x86, int aarch64) {
        this.x86 = x86;
        this.aarch64 = aarch64;
    }

    SyscallNumber(int common) {
        this(common, common);
    }

    /** On this machine. */
    public int number() {
        return number(Architecture.here());
    }

    int number(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> x86;
            case AARCH64 -> aarch64;
        };
    }

    /** Whether it comes back only when it fails. */
    boolean executes() {
        return this == EXECVE || this == EXECVEAT;
    }

    /** As in the manual. */
    public String call() {
        return name().toLowerCase(Locale.ROOT);
    }
}

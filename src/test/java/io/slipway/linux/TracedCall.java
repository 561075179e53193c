package io.slipway.linux;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/** A system call that a thread of a traced process has made. */
record TracedCall(int pid, String name, long[] arguments) {
    private static final int TEXT_BYTES = 300;
    private static final long WRITING = 3 | Syscalls.O_CREAT | Syscalls.O_TRUNC;
    private static final long CLONE_THREAD = 0x10000;

    /** What only looks, what waits, and what is the process's own and ends with it: its memory, threads, descriptors, locks and signal masks. */
    private static final Set<String> CHANGES_NOTHING = Set.of(
            ("access arch_prctl brk capget chdir clock_getres clock_gettime clock_nanosleep close close_range dup dup2 dup3 epoll_create1 epoll_ctl"
                            + " epoll_pwait epoll_wait eventfd2 faccessat faccessat2 fadvise64 fcntl fgetxattr flistxattr flock fstat fstatfs futex"
                            + " getcwd getdents64 getegid geteuid getgid getpid getpgid getpgrp getppid getpriority getrandom getrlimit getrusage getsid"
                            + " getsockname getsockopt gettid gettimeofday getuid getxattr lgetxattr listxattr llistxattr lseek lstat madvise membarrier"
                            + " memfd_create mincore mmap mprotect mremap msync munmap nanosleep newfstatat pidfd_open pipe2 poll ppoll prctl pread64 preadv"
                            + " read readlink readlinkat readv recvfrom recvmsg restart_syscall rseq rt_sigaction rt_sigprocmask rt_sigreturn"
                            + " rt_sigtimedwait sched_getaffinity sched_getparam sched_getscheduler sched_yield select set_robust_list set_tid_address"
                            + " sigaltstack socket socketpair stat statfs statx sysinfo times uname wait4 waitid")
                    .split(" "));

    /** Whether it may have changed what is there when its process is not. */
    boolean changes() throws IOException {
        return switch (name) {
            case "open" -> (arguments[1] & WRITING) != 0;
            case "openat" -> (arguments[2] & WRITING) != 0;
            case "openat2" -> (word(arguments[2]) & WRITING) != 0;
            case "clone" -> (arguments[0] & CLONE_THREAD) == 0;
            case "clone3" -> (word(arguments[0]) & CLONE_THREAD) == 0;
            default -> !CHANGES_NOTHING.contains(name);
        };
    }

    private long word(long address) throws IOException {
        return ByteBuffer.wrap(memory(address, Long.BYTES))
                .order(ByteOrder.nativeOrder())
                .getLong();
    }

    private byte[] memory(long address, int bytes) throws IOException {
        try (RandomAccessFile memory = new RandomAccessFile("/proc/" + pid + "/mem", "r")) {
            memory.seek(address);
            byte[] read = new byte[bytes];
            int length = memory.read(read);
            return Arrays.copyOf(read, Math.max(length, 0));
        }
    }

    /** With the file that it is about, for who looks at what was found; only while the process stands still. */
    String text() {
        int path = name.endsWith("at") || name.endsWith("at2") ? 1 : 0;
        try {
            return name + " " + (ofDescriptor() ? file(arguments[0]) : string(arguments[path]));
        } catch (IOException | IllegalArgumentException e) {
            // No path there.
            return name;
        }
    }

    private boolean ofDescriptor() {
        return name.startsWith("f") || name.contains("write") || name.startsWith("send") || name.equals("ioctl");
    }

    private String file(long descriptor) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/" + descriptor))
                .toString();
    }

    private String string(long address) throws IOException {
        String all = new String(memory(address, TEXT_BYTES), StandardCharsets.UTF_8);
        return all.contains("\0") ? all.substring(0, all.indexOf('\0')) : "";
    }
}

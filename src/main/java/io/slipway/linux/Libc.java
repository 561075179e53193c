package io.slipway.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;

/** The C library's functions that are called directly. Directly mapped: a call costs well below a microsecond. */
final class Libc {
    static {
        // Loaded with the JVM itself: nothing to be looked for.
        Native.register(Libc.class, NativeLibrary.getProcess());
    }

    private Libc() {}

    // The overloads are one variadic function; on x86-64 and aarch64 its integer arguments go where a plain function's
    // go.
    static native long syscall(long number, long a, long b, long c, long d, long e);

    static native long syscall(long number, long a, byte[] b, long c, long d, long e);

    static native long syscall(long number, byte[] a, long b, long c, long d, long e);

    static native long syscall(long number, long a, long b, byte[] c, long d, long e);

    static native int open(byte[] path, int flags, int mode);

    static native int close(int fd);

    static native long read(int fd, byte[] buffer, long count);

    static native long write(int fd, byte[] buffer, long count);

    static native int pipe2(int[] fds, int flags);

    static native int socketpair(int domain, int type, int protocol, int[] fds);

    static native int fcntl(int fd, int command, long argument);

    static native int mkdir(byte[] path, int mode);

    static native int rmdir(byte[] path);

    static native int unlink(byte[] path);

    static native int chown(byte[] path, int uid, int gid);

    static native int fchown(int fd, int uid, int gid);

    static native int fchmod(int fd, int mode);

    static native int chdir(byte[] path);

    static native int unshare(int flags);

    static native int prctl(int option, long a, long b, long c, long d);

    static native int epoll_create1(int flags);

    static native int epoll_ctl(int epoll, int operation, int fd, byte[] event);

    static native int epoll_wait(int epoll, byte[] events, int max, int timeoutMs);

    static native int kill(int pid, int signal);

    static native Pointer mmap(long address, long length, int protection, int flags, int fd, long offset);

    static native int mprotect(Pointer address, long length, int protection);

    /** A path as the kernel reads it: UTF-8 whatever the locale, ended by NUL. */
    static byte[] path(String path) {
        byte[] text = path.getBytes(StandardCharsets.UTF_8);
        byte[] ended = new byte[text.length + 1];
        System.arraycopy(text, 0, ended, 0, text.length);
        return ended;
    }

    static int errno() {
        return Native.getLastError();
    }
}

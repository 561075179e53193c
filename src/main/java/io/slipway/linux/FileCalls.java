package io.slipway.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.nio.charset.StandardCharsets;

/** The C library's calls on files that are named relative to an open directory (openat(2) and its kin). Directly mapped. */
final class FileCalls {
    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_CREAT = 0100;
    static final int O_EXCL = 0200;
    static final int O_DIRECTORY = Architecture.here().openDirectory();
    static final int O_NOFOLLOW = Architecture.here().openNoFollow();
    static final int O_CLOEXEC = 02000000;
    static final int AT_FDCWD = -100;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final int AT_REMOVEDIR = 0x200;
    static final int AT_EMPTY_PATH = 0x1000;
    static final int SEEK_SET = 0;
    static final int OPENAT2 = 437;

    static {
        // Loaded with the JVM itself: nothing to be looked for.
        Native.register(FileCalls.class, NativeLibrary.getProcess());
    }

    private FileCalls() {}

    static native long syscall(long number, long dir, byte[] path, byte[] argument, long d);

    static native long syscall(long number, long fd, byte[] buffer, long size, long d);

    private static native long syscall(long number, long dir, byte[] path, long flags, byte[] struct, long size);

    static long mountSetattr(int number, int dir, byte[] path, long flags, byte[] struct, int size) {
        return syscall(number, dir, path, flags, struct, size);
    }

    static native int openat(int dir, byte[] path, int flags, int mode);

    static native int close(int fd);

    static native long write(int fd, long address, long count);

    static native long lseek(int fd, long offset, int whence);

    static native int ftruncate(int fd, long length);

    static native int mkdirat(int dir, byte[] path, int mode);

    static native int mknodat(int dir, byte[] path, int mode, long device);

    static native int symlinkat(byte[] target, int dir, byte[] path);

    static native int linkat(int fromDir, byte[] from, int toDir, byte[] to, int flags);

    static native int unlinkat(int dir, byte[] path, int flags);

    static native long readlinkat(int dir, byte[] path, byte[] buffer, long size);

    static native int fchownat(int dir, byte[] path, int uid, int gid, int flags);

    static native int fchmodat(int dir, byte[] path, int mode, int flags);

    static native int fchmod(int fd, int mode);

    static native int fchown(int fd, int uid, int gid);

    static native int utimensat(int dir, byte[] path, long[] times, int flags);

    static native int futimens(int fd, long[] times);

    static native int fsetxattr(int fd, byte[] name, byte[] value, long size, int flags);

    static native long fgetxattr(int fd, byte[] name, byte[] value, long size);

    static native int fsync(int fd);

    static native int syncfs(int fd);

    static native int statx(int dir, byte[] path, int flags, int mask, byte[] result);

    /** A path as the kernel reads it: UTF-8 whatever the locale, ended by NUL. */
    static byte[] path(String path) {
        byte[] text = path.getBytes(StandardCharsets.UTF_8);
        byte[] ended = new byte[text.length + 1];
        System.arraycopy(text, 0, ended, 0, text.length);
        return ended;
    }

    /** @return {@code result} if it is no error */
    static long checked(long result, String call, String object) throws SyscallException {
        if (result < 0) {
            throw new SyscallException(call, object, Native.getLastError());
        }
        return result;
    }
}

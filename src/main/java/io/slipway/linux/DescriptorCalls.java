package io.slipway.linux;

import com.sun.jna.Native;

/** The C library's calls on open descriptors: waiting, terminals, file systems. Directly mapped. */
final class DescriptorCalls {
    static final int POLLIN = 1;
    static final int POLLOUT = 4;
    static final int POLLERR = 8;
    static final int POLLHUP = 16;
    /** struct pollfd: the descriptor, then two shorts. */
    static final int POLLFD_BYTES = 8;

    static {
        Native.register("c");
    }

    private DescriptorCalls() {}

    static native int eventfd(int count, int flags);

    static native int poll(byte[] pollfds, long count, int timeoutMs);

    static native int ioctl(int fd, long request, byte[] argument);

    static native int ioctl(int fd, long request, long argument);

    static native int setns(int fd, int flags);

    static native long pread(int fd, byte[] buffer, long count, long offset);

    static native long pwrite(int fd, byte[] buffer, long count, long offset);

    static native int fstatfs(int fd, byte[] result);

    static native int fallocate(int fd, int mode, long offset, long length);

    static native long lseek(int fd, long offset, int whence);

    static native int fchown(int fd, int uid, int gid);
}

package io.slipway.linux;

import java.io.IOException;

/** A system call that the kernel refused. */
public class SyscallException extends IOException {
    private static final long serialVersionUID = 1L;
    private final String call;
    private final int errno;

    /**
     * @param call e.g. {@code mount}
     * @param object what it was done to, e.g. {@code overlay on root}
     */
    public SyscallException(String call, String object, int errno) {
        super(call + " " + object + ": " + Errno.describe(errno));
        this.call = call;
        this.errno = errno;
    }

    public String call() {
        return call;
    }

    public int errno() {
        return errno;
    }

    /** Whether what was named is not there, any more: ENOENT, or ENODEV of what was opened before it went. */
    public boolean isMissing() {
        return errno == Errno.ENOENT || errno == Errno.ENODEV;
    }
}

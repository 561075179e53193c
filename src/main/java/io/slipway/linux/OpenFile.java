package io.slipway.linux;

import static io.slipway.linux.FileCalls.checked;

import java.util.Arrays;

/** A file that is being written, by its descriptor. */
public final class OpenFile implements AutoCloseable {
    private final int fd;
    private final String name;
    private boolean closed;

    OpenFile(int fd, String name) {
        this.fd = fd;
        this.name = name;
    }

    public void write(byte[] bytes, int count) throws SyscallException {
        byte[] rest = bytes;
        int left = count;
        while (left > 0) {
            int written = (int) checked(FileCalls.write(fd, rest, left), "write", name);
            left -= written;
            if (left > 0) {
                rest = Arrays.copyOfRange(rest, written, written + left);
            }
        }
    }

    /** Goes on at an offset; what is skipped is a hole, if something is written behind it (lseek(2)). */
    public void goTo(long offset) throws SyscallException {
        checked(FileCalls.lseek(fd, offset, FileCalls.SEEK_SET), "lseek", name);
    }

    public void setSize(long size) throws SyscallException {
        checked(FileCalls.ftruncate(fd, size), "ftruncate", name);
    }

    /** Owner, then mode, as a change of owner clears setuid and setgid (chown(2)). */
    public void setOwnerAndMode(int uid, int gid, int mode) throws SyscallException {
        checked(FileCalls.fchown(fd, uid, gid), "fchown", name);
        checked(FileCalls.fchmod(fd, mode), "fchmod", name);
    }

    public void setModified(long seconds, int nanos) throws SyscallException {
        checked(FileCalls.futimens(fd, new long[] {seconds, nanos, seconds, nanos}), "futimens", name);
    }

    public void setAttribute(String attribute, byte[] value) throws SyscallException {
        checked(
                FileCalls.fsetxattr(fd, OpenDirectory.raw(attribute), value, value.length, 0),
                "fsetxattr " + attribute,
                name);
    }

    @Override
    public synchronized void close() throws SyscallException {
        if (!closed) {
            closed = true;
            checked(FileCalls.close(fd), "close", name);
        }
    }
}

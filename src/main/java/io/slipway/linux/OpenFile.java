package io.slipway.linux;

import com.sun.jna.Native;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** A file that is being written, by its descriptor. */
public final class OpenFile implements AutoCloseable {
    private final int fd;
    private final OpenDirectory directory;
    private final String entry;
    private boolean closed;

    OpenFile(int fd, OpenDirectory directory, String entry) {
        this.fd = fd;
        this.directory = directory;
        this.entry = entry;
    }

    /**
     * Writes all that remains.
     *
     * @param bytes in native memory, from where the kernel takes them
     * @return how many they were
     */
    public int write(ByteBuffer bytes) throws SyscallException {
        long address = MemorySegment.ofBuffer(bytes).address();
        int count = bytes.remaining();
        for (int done = 0; done < count; ) {
            done += (int) checked(FileCalls.write(fd, address + done, count - done), "write");
        }
        bytes.position(bytes.limit());
        return count;
    }

    /** Goes on at an offset; what is skipped is a hole, if something is written behind it (lseek(2)). */
    public void goTo(long offset) throws SyscallException {
        checked(FileCalls.lseek(fd, offset, FileCalls.SEEK_SET), "lseek");
    }

    public void setSize(long size) throws SyscallException {
        checked(FileCalls.ftruncate(fd, size), "ftruncate");
    }

    /** Owner, then mode, as a change of owner clears setuid and setgid (chown(2)). */
    public void setOwnerAndMode(int uid, int gid, int mode) throws SyscallException {
        checked(FileCalls.fchown(fd, uid, gid), "fchown");
        checked(FileCalls.fchmod(fd, mode), "fchmod");
    }

    /** Sets the time of the last change; seconds since 1970. */
    public void setModified(long seconds, int nanos) throws SyscallException {
        checked(FileCalls.futimens(fd, new long[] {seconds, nanos, seconds, nanos}), "futimens");
    }

    /** Sets an extended attribute (xattr(7)). */
    public void setAttribute(String attribute, byte[] value) throws SyscallException {
        int result = FileCalls.fsetxattr(fd, OpenDirectory.raw(attribute), value, value.length, 0);
        checked(result, "fsetxattr " + attribute);
    }

    @Override
    public synchronized void close() throws SyscallException {
        if (!closed) {
            closed = true;
            checked(FileCalls.close(fd), "close");
        }
    }

    private long checked(long result, String call) throws SyscallException {
        if (result < 0) {
            throw new SyscallException(call, directory.object(entry), Native.getLastError());
        }
        Failpoint.passed();
        return result;
    }
}

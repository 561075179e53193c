package io.slipway.linux;

import static io.slipway.linux.FileCalls.checked;
import static io.slipway.linux.FileCalls.path;

import com.sun.jna.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A directory held by a descriptor. Every operation names one entry of it and never follows a link at that name, so what is done stays in this
 * directory whatever happens to the path that it was opened by. Names are single components; a caller that passes a slash or {@code ..} is refused.
 * They are bytes to the kernel, and so they are here: one character (ISO 8859-1) per byte, whatever encoding they came in.
 */
public final class OpenDirectory implements AutoCloseable {
    private static final int RESOLVE_NO_MAGICLINKS_NO_SYMLINKS_BENEATH = 0x02 | 0x04 | 0x08;
    private static final int STATX_BASIC = 0x7ff;
    private static final int ENODATA = 61;
    private static final int EOPNOTSUPP = 95;
    private static final int S_IFCHR = 0020000;
    private static final int S_IFIFO = 0010000;
    private static final int PATH_MAX = 4096;

    private final int fd;
    private final String name;
    private boolean closed;

    private OpenDirectory(int fd, String name) {
        this.fd = fd;
        this.name = name;
    }

    /** Opens by a path of ours. */
    public static OpenDirectory open(Path directory) throws SyscallException {
        int flags = FileCalls.O_DIRECTORY | FileCalls.O_CLOEXEC;
        int fd = FileCalls.openat(FileCalls.AT_FDCWD, path(directory.toString()), flags, 0);
        return new OpenDirectory((int) checked(fd, "open", directory.toString()), directory.toString());
    }

    /**
     * Opens a directory below this one. The kernel itself refuses a link anywhere in the way, and a way out (openat2(2), RESOLVE_BENEATH and
     * RESOLVE_NO_SYMLINKS).
     *
     * @param relative e.g. {@code usr/lib}; empty is this directory
     */
    public OpenDirectory beneath(String relative) throws SyscallException {
        ByteBuffer how = ByteBuffer.allocate(24).order(ByteOrder.nativeOrder());
        how.putLong(FileCalls.O_DIRECTORY | FileCalls.O_CLOEXEC).putLong(0);
        how.putLong(RESOLVE_NO_MAGICLINKS_NO_SYMLINKS_BENEATH);
        String way = relative.isEmpty() ? "." : relative;
        long opened = FileCalls.syscall(FileCalls.OPENAT2, fd, raw(way), how.array(), how.capacity());
        return new OpenDirectory((int) checked(opened, "openat2", object(way)), name + "/" + way);
    }

    /** What lies at a name, not following a link; empty if nothing does. */
    public Optional<FileType> type(String entry) throws SyscallException {
        return statusIfThere(entry).map(FileStatus::type);
    }

    /** All that the kernel says of an entry, not following a link. */
    public FileStatus status(String entry) throws SyscallException {
        return statusIfThere(entry).orElseThrow(() -> new SyscallException("statx", object(entry), Errno.ENOENT));
    }

    private Optional<FileStatus> statusIfThere(String entry) throws SyscallException {
        byte[] result = new byte[FileStatus.BYTES];
        int outcome = FileCalls.statx(fd, component(entry), FileCalls.AT_SYMLINK_NOFOLLOW, STATX_BASIC, result);
        if (outcome < 0 && Native.getLastError() == Errno.ENOENT) {
            return Optional.empty();
        }
        checkedOn(outcome, "statx", entry);
        return Optional.of(FileStatus.of(result));
    }

    /** The names in it, in the order of their bytes. */
    public List<String> list() throws SyscallException {
        return DirectoryEntries.of(fd, name);
    }

    /** Whether this directory has an extended attribute. */
    public boolean hasAttribute(String attribute) throws SyscallException {
        long size = FileCalls.fgetxattr(fd, raw(attribute), new byte[1], 0);
        if (size < 0 && (Native.getLastError() == ENODATA || Native.getLastError() == EOPNOTSUPP)) {
            return false;
        }
        checked(size, "fgetxattr " + attribute, name);
        return true;
    }

    /** Opens a file that is no link. */
    public Descriptor openToRead(String entry) throws SyscallException {
        int flags = FileCalls.O_RDONLY | FileCalls.O_NOFOLLOW | FileCalls.O_CLOEXEC;
        int file = FileCalls.openat(fd, component(entry), flags, 0);
        return new Descriptor(checkedOn(file, "openat", entry), object(entry));
    }

    public void makeDirectory(String entry, int mode) throws SyscallException {
        checkedOn(FileCalls.mkdirat(fd, component(entry), mode), "mkdirat", entry);
    }

    /** Makes a file that was not there before. */
    public OpenFile createFile(String entry) throws SyscallException {
        int flags =
                FileCalls.O_WRONLY | FileCalls.O_CREAT | FileCalls.O_EXCL | FileCalls.O_NOFOLLOW | FileCalls.O_CLOEXEC;
        return new OpenFile(
                checkedOn(FileCalls.openat(fd, component(entry), flags, 0600), "openat", entry), this, entry);
    }

    public void makeSymlink(String entry, String target) throws SyscallException {
        checkedOn(FileCalls.symlinkat(raw(target), fd, component(entry)), "symlinkat", entry);
    }

    /** A second name for a file; a link at {@code from} is linked itself, not what it points to. */
    public void makeHardLink(String entry, OpenDirectory fromDirectory, String from) throws SyscallException {
        int outcome = FileCalls.linkat(fromDirectory.fd, component(from), fd, component(entry), 0);
        checkedOn(outcome, "linkat", entry);
    }

    public void makeFifo(String entry) throws SyscallException {
        checkedOn(FileCalls.mknodat(fd, component(entry), S_IFIFO | 0600, 0), "mknodat", entry);
    }

    /** A character device 0/0: overlayfs takes it for 'this name of a lower layer is gone'. */
    public void makeWhiteout(String entry) throws SyscallException {
        checkedOn(FileCalls.mknodat(fd, component(entry), S_IFCHR, 0), "mknodat (whiteout)", entry);
    }

    public void removeFile(String entry) throws SyscallException {
        checkedOn(FileCalls.unlinkat(fd, component(entry), 0), "unlinkat", entry);
    }

    public void removeDirectory(String entry) throws SyscallException {
        checkedOn(FileCalls.unlinkat(fd, component(entry), FileCalls.AT_REMOVEDIR), "unlinkat", entry);
    }

    public String readLink(String entry) throws SyscallException {
        byte[] target = new byte[PATH_MAX];
        long length = FileCalls.readlinkat(fd, component(entry), target, target.length);
        checkedOn(length, "readlinkat", entry);
        return new String(target, 0, (int) length, StandardCharsets.ISO_8859_1);
    }

    /** Owner of the entry itself, also of a link. */
    public void setOwner(String entry, int uid, int gid) throws SyscallException {
        int outcome = FileCalls.fchownat(fd, component(entry), uid, gid, FileCalls.AT_SYMLINK_NOFOLLOW);
        checkedOn(outcome, "fchownat", entry);
    }

    /** Mode of an entry that is no link. */
    public void setMode(String entry, int mode) throws SyscallException {
        checkedOn(FileCalls.fchmodat(fd, component(entry), mode, 0), "fchmodat", entry);
    }

    /** Time of last change of the entry itself, also of a link; seconds since 1970. */
    public void setModified(String entry, long seconds, int nanos) throws SyscallException {
        long[] times = {seconds, nanos, seconds, nanos};
        int outcome = FileCalls.utimensat(fd, component(entry), times, FileCalls.AT_SYMLINK_NOFOLLOW);
        checkedOn(outcome, "utimensat", entry);
    }

    /** Owner, then mode (a change of owner clears setuid), of this directory. */
    public void setOwnerAndMode(int uid, int gid, int mode) throws SyscallException {
        checked(FileCalls.fchown(fd, uid, gid), "fchown", name);
        checked(FileCalls.fchmod(fd, mode), "fchmod", name);
    }

    public void setModified(long seconds, int nanos) throws SyscallException {
        checked(FileCalls.futimens(fd, new long[] {seconds, nanos, seconds, nanos}), "futimens", name);
    }

    /** Sets an extended attribute of this directory (xattr(7)). */
    public void setAttribute(String attribute, byte[] value) throws SyscallException {
        int outcome = FileCalls.fsetxattr(fd, raw(attribute), value, value.length, 0);
        checked(outcome, "fsetxattr " + attribute, name);
    }

    /** Returns when the names in this directory are on disk. */
    public void sync() throws SyscallException {
        checked(FileCalls.fsync(fd), "fsync", name);
    }

    /** Returns when everything written to this directory's file system is on disk. */
    public void syncFileSystem() throws SyscallException {
        checked(FileCalls.syncfs(fd), "syncfs", name);
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            FileCalls.close(fd);
        }
    }

    private byte[] component(String entry) {
        if (entry.isEmpty()
                || entry.equals(".")
                || entry.equals("..")
                || entry.indexOf('/') >= 0
                || entry.indexOf(0) >= 0) {
            throw new IllegalArgumentException("'" + entry + "' is not the name of one entry of " + name);
        }
        return raw(entry);
    }

    static byte[] raw(String bytes) {
        byte[] ended = new byte[bytes.length() + 1];
        System.arraycopy(bytes.getBytes(StandardCharsets.ISO_8859_1), 0, ended, 0, bytes.length());
        return ended;
    }

    /** Makes the object's name only when there is something to tell of it. */
    private int checkedOn(long result, String call, String entry) throws SyscallException {
        if (result < 0) {
            throw new SyscallException(call, object(entry), Native.getLastError());
        }
        Failpoint.passed();
        return (int) result;
    }

    String object(String entry) {
        return name + "/" + new String(entry.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}

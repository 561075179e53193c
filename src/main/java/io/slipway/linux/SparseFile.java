package io.slipway.linux;

import com.sun.jna.Native;
import java.nio.file.Path;

/** Gives back the disk space of a file's beginning while another process appends to it. */
public final class SparseFile {
    private static final int FALLOC_FL_KEEP_SIZE_PUNCH_HOLE = 1 | 2;
    private static final int EOPNOTSUPP = 95;

    private static final int SEEK_END = 2;
    private static final int SEEK_DATA = 3;

    private SparseFile() {}

    /** Where a file has data, from an offset on: that offset, or the end of the hole it is in; the file's end where there is none (lseek(2)). */
    public static long data(Path file, long from) throws SyscallException {
        try (Descriptor open = Syscalls.open(file, Syscalls.O_RDONLY, 0)) {
            long found = DescriptorCalls.lseek(open.number(), from, SEEK_DATA);
            if (found < 0 && Native.getLastError() == Errno.ENXIO) {
                found = DescriptorCalls.lseek(open.number(), 0, SEEK_END);
            }
            return Syscalls.checked(found, "lseek SEEK_DATA", file.toString());
        }
    }

    /**
     * Makes a hole, which reads as zeros; the file's size and what lies behind stay (fallocate(2)). Does nothing on a file system that has no holes.
     */
    public static void punchHole(Path file, long offset, long length) throws SyscallException {
        try (Descriptor open = Syscalls.open(file, Syscalls.O_WRONLY, 0)) {
            int result = DescriptorCalls.fallocate(open.number(), FALLOC_FL_KEEP_SIZE_PUNCH_HOLE, offset, length);
            if (result < 0 && Native.getLastError() != EOPNOTSUPP) {
                throw new SyscallException("fallocate PUNCH_HOLE", file.toString(), Native.getLastError());
            }
        }
    }
}

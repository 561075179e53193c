package io.slipway.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the kernel says of a file (statx(2)).
 *
 * @param mode permissions, set-user-id and the like, without the type
 * @param seconds since 1970, of the last change of its content
 * @param links how many names it has
 * @param blocks of 512 bytes that it takes on the disk
 * @param device of a device file, 0 for others and for a whiteout
 */
public record FileStatus(
        FileType type,
        int mode,
        int uid,
        int gid,
        long size,
        long seconds,
        int nanos,
        int links,
        long inode,
        long blocks,
        long device) {
    static final int BYTES = 256;
    private static final int MODE_BITS = 07777;

    static FileStatus of(byte[] statx) {
        ByteBuffer at = ByteBuffer.wrap(statx).order(ByteOrder.nativeOrder());
        int mode = at.getShort(28) & 0xffff;
        return new FileStatus(
                FileType.ofMode(mode),
                mode & MODE_BITS,
                at.getInt(20),
                at.getInt(24),
                at.getLong(40),
                at.getLong(112),
                at.getInt(120),
                at.getInt(16),
                at.getLong(32),
                at.getLong(48),
                ((long) at.getInt(128) << 32) | (at.getInt(132) & 0xffffffffL));
    }

    /** How overlayfs marks a name of a lower layer that is gone. */
    public boolean isWhiteout() {
        return type == FileType.CHARACTER_DEVICE && device == 0;
    }
}

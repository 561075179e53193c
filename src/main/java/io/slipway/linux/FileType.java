package io.slipway.linux;

/** What lies at a name (inode(7)). */
public enum FileType {
    DIRECTORY,
    REGULAR,
    SYMLINK,
    CHARACTER_DEVICE,
    OTHER;

    static FileType ofMode(int mode) {
        return switch (mode & 0170000) {
            case 0040000 -> DIRECTORY;
            case 0100000 -> REGULAR;
            case 0120000 -> SYMLINK;
            case 0020000 -> CHARACTER_DEVICE;
            default -> OTHER;
        };
    }
}

package io.slipway.image;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * One entry of an archive, whatever headers it was told by. Names have one character per byte, as the kernel's names are bytes.
 *
 * @param type as in the header: {@code '0'} a file, {@code '1'} a hard link, ...
 * @param size bytes of the file, holes included
 * @param seconds since 1970, of the last change
 * @param link target of a link
 * @param attributes extended attributes by name, in order
 * @param sparse where the content lies, for a file with holes
 */
record TarEntry(
        String name,
        char type,
        int mode,
        long uid,
        long gid,
        long size,
        long seconds,
        int nanos,
        String link,
        Map<String, byte[]> attributes,
        Optional<SparseMap> sparse) {
    static final char FILE = '0';
    static final char HARD_LINK = '1';
    static final char SYMLINK = '2';
    static final char CHARACTER_DEVICE = '3';
    static final char BLOCK_DEVICE = '4';
    static final char DIRECTORY = '5';
    static final char FIFO = '6';

    private static final int PERMISSION_BITS = 07777;

    boolean isDirectory() {
        return type == DIRECTORY;
    }

    boolean isDevice() {
        return type == CHARACTER_DEVICE || type == BLOCK_DEVICE;
    }

    /** With set-user-id, set-group-id and the sticky bit. */
    int permissions() {
        return mode & PERMISSION_BITS;
    }

    /** For people: names are almost always UTF-8. */
    static String shown(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}

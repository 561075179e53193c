package io.slipway.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Reads the names in an open directory (getdents64(2)). */
final class DirectoryEntries {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int RECORD_LENGTH = 16;
    private static final int NAME = 19;

    private DirectoryEntries() {}

    /** In the order of their bytes, without {@code .} and {@code ..}. */
    static List<String> of(int fd, String directory) throws SyscallException {
        List<String> names = new ArrayList<>();
        byte[] buffer = new byte[BUFFER_BYTES];
        FileCalls.checked(FileCalls.lseek(fd, 0, FileCalls.SEEK_SET), "lseek", directory);
        for (int length = read(fd, buffer, directory); length > 0; length = read(fd, buffer, directory)) {
            ByteBuffer records = ByteBuffer.wrap(buffer, 0, length).order(ByteOrder.nativeOrder());
            for (int at = 0; at < length; at += records.getShort(at + RECORD_LENGTH) & 0xffff) {
                String name = name(buffer, at + NAME);
                if (!name.equals(".") && !name.equals("..")) {
                    names.add(name);
                }
            }
        }
        Collections.sort(names);
        return names;
    }

    private static int read(int fd, byte[] buffer, String directory) throws SyscallException {
        long read = FileCalls.syscall(SyscallNumber.GETDENTS64.number(), fd, buffer, (long) buffer.length, 0);
        return (int) FileCalls.checked(read, "getdents64", directory);
    }

    private static String name(byte[] buffer, int from) {
        int end = from;
        while (buffer[end] != 0) {
            end++;
        }
        return new String(buffer, from, end - from, StandardCharsets.ISO_8859_1);
    }
}

package io.slipway.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** Extended attributes, whatever their name space (xattr(7)). */
public final class ExtendedAttributes {
    private static final int BYTES = 64 * 1024;

    static {
        Native.register(ExtendedAttributes.class, NativeLibrary.getProcess());
    }

    private ExtendedAttributes() {}

    private static native long flistxattr(int fd, byte[] list, long size);

    private static native long fgetxattr(int fd, byte[] name, byte[] value, long size);

    private static native int lsetxattr(byte[] path, byte[] name, byte[] value, long size, int flags);

    /** Of an open file: values in hexadecimal digits, by name. */
    public static Map<String, String> ofOpen(int fd) throws IOException {
        byte[] list = new byte[BYTES];
        int length = (int) FileCalls.checked(flistxattr(fd, list, list.length), "flistxattr", "");
        Map<String, String> all = new TreeMap<>();
        for (String name : new String(list, 0, length, StandardCharsets.US_ASCII).split("\0", -1)) {
            if (!name.isEmpty()) {
                byte[] value = new byte[BYTES];
                long size =
                        FileCalls.checked(fgetxattr(fd, FileCalls.path(name), value, value.length), "fgetxattr", name);
                all.put(name, HexFormat.of().formatHex(value, 0, (int) size));
            }
        }
        return all;
    }

    /** Of a file itself, also of a link. */
    public static void set(Path file, String name, byte[] value) throws IOException {
        int result = lsetxattr(FileCalls.path(file.toString()), FileCalls.path(name), value, value.length, 0);
        FileCalls.checked(result, "lsetxattr " + name, file.toString());
    }
}

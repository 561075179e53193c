package io.slipway.sandbox.oci;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Looks up a user's home directory in a root file system, as login(1) would (passwd(5)). */
final class HomeDirectory {
    private static final int PASSWD_BYTES_MAX = 1 << 20;
    private static final int FIELDS = 7;

    private HomeDirectory() {}

    /** {@code /} when the user has none. */
    static String of(Path rootfs, int uid) throws IOException {
        Path etc = rootfs.resolve("etc");
        Path passwd = etc.resolve("passwd");
        boolean plain = Files.isDirectory(etc, LinkOption.NOFOLLOW_LINKS)
                && Files.isRegularFile(passwd, LinkOption.NOFOLLOW_LINKS)
                && Files.size(passwd) <= PASSWD_BYTES_MAX;
        if (plain) {
            // Whatever the bytes mean, colons and digits are the same.
            for (String line : Files.readString(passwd, java.nio.charset.StandardCharsets.ISO_8859_1)
                    .split("\n")) {
                String[] field = line.split(":", -1);
                if (field.length == FIELDS
                        && field[2].equals(Integer.toUnsignedString(uid))
                        && field[5].startsWith("/")) {
                    return field[5];
                }
            }
        }
        return "/";
    }
}

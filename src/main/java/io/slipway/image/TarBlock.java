package io.slipway.image;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One header block of an archive as it lies there: ustar (POSIX.1-1988) or GNU's variant of it (tar(5)). */
final class TarBlock {
    static final int BYTES = 512;
    private static final int CHECKSUM = 148;
    private static final int CHECKSUM_BYTES = 8;
    private static final int TYPE = 156;
    private static final int MAGIC = 257;
    private static final String USTAR = "ustar\0";

    private final byte[] block = new byte[BYTES];

    void set(byte[] bytes) {
        System.arraycopy(bytes, 0, block, 0, BYTES);
    }

    boolean isZero() {
        for (byte one : block) {
            if (one != 0) {
                return false;
            }
        }
        return true;
    }

    /** Refuses what is no header: the sum over all bytes is written in it, by old programs over signed ones. */
    void verify() throws RefusedEntry {
        long unsigned = 0;
        long signed = 0;
        for (int i = 0; i < BYTES; i++) {
            byte one = i >= CHECKSUM && i < CHECKSUM + CHECKSUM_BYTES ? (byte) ' ' : block[i];
            unsigned += one & 0xff;
            signed += one;
        }
        long written = number(CHECKSUM, CHECKSUM_BYTES);
        if (written != unsigned && written != signed) {
            throw new RefusedEntry("its header has a wrong checksum: it is damaged, or no tar archive");
        }
    }

    byte type() {
        return block[TYPE];
    }

    String name() {
        String name = text(0, 100);
        String prefix = raw(MAGIC, USTAR.length()).equals(USTAR) ? text(345, 155) : "";
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    int mode() throws RefusedEntry {
        return (int) number(100, 8);
    }

    long uid() throws RefusedEntry {
        return number(108, 8);
    }

    long gid() throws RefusedEntry {
        return number(116, 8);
    }

    long size() throws RefusedEntry {
        long size = number(124, 12);
        if (size < 0) {
            throw new RefusedEntry("its size is negative");
        }
        return size;
    }

    long seconds() throws RefusedEntry {
        return number(136, 12);
    }

    String link() {
        return text(157, 100);
    }

    /** Up to the first NUL; one character per byte. */
    String text(int offset, int length) {
        int end = offset;
        while (end < offset + length && block[end] != 0) {
            end++;
        }
        return raw(offset, end - offset);
    }

    boolean isSet(int offset) {
        return block[offset] != 0;
    }

    /** Octal digits among spaces and NULs, or, with the top bit set, a binary number (GNU). */
    long number(int offset, int length) throws RefusedEntry {
        if ((block[offset] & 0x80) != 0) {
            return binary(offset, length);
        }
        String digits = raw(offset, length).replace('\0', ' ').strip();
        try {
            return digits.isEmpty() ? 0 : Long.parseUnsignedLong(digits, 8);
        } catch (NumberFormatException e) {
            throw new RefusedEntry("its header has '" + digits + "' where an octal number belongs");
        }
    }

    private long binary(int offset, int length) throws RefusedEntry {
        byte[] number = Arrays.copyOfRange(block, offset, offset + length);
        boolean negative = (number[0] & 0x40) != 0;
        number[0] = (byte) (negative ? number[0] | 0x80 : number[0] & 0x7f);
        BigInteger value = new BigInteger(number);
        if (value.bitLength() >= Long.SIZE) {
            throw new RefusedEntry("its header has the number " + value + ", which is too large");
        }
        return value.longValue();
    }

    private String raw(int offset, int length) {
        return new String(block, offset, length, StandardCharsets.ISO_8859_1);
    }
}

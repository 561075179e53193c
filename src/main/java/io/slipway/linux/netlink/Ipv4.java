package io.slipway.linux.netlink;

import java.nio.ByteBuffer;
import java.util.regex.Pattern;

/** An IPv4 address. @param value as an unsigned number, the first part highest */
public record Ipv4(int value) implements IpAddress {
    private static final Pattern DOTTED = Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}");

    /** @throws IllegalArgumentException if it is not four numbers with dots */
    public static Ipv4 parse(String dotted) {
        if (!DOTTED.matcher(dotted).matches()) {
            throw new IllegalArgumentException("'" + dotted + "' is no IPv4 address such as 10.1.2.3");
        }
        int value = 0;
        for (String part : dotted.split("\\.")) {
            value = value << 8 | Integer.parseInt(part);
        }
        return new Ipv4(value);
    }

    static Ipv4 of(byte[] bytes) {
        return new Ipv4(ByteBuffer.wrap(bytes).getInt());
    }

    @Override
    public byte[] bytes() {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }

    public Ipv4 plus(int count) {
        return new Ipv4(value + count);
    }

    @Override
    public String toString() {
        return (value >>> 24) + "." + (value >>> 16 & 255) + "." + (value >>> 8 & 255) + "." + (value & 255);
    }
}

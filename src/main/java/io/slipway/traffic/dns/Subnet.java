package io.slipway.traffic.dns;

import java.util.regex.Pattern;

/**
 * The host's address on a network of IPv4, and how far that reaches.
 *
 * @param address in dotted form
 * @param prefixLength of 8 to 30
 */
public record Subnet(String address, int prefixLength) {
    private static final Pattern DOTTED = Pattern.compile("((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.|$)){4}");

    public Subnet {
        if (!isDotted(address) || prefixLength < 8 || prefixLength > 30) {
            throw new IllegalArgumentException(
                    address + "/" + prefixLength + " is no IPv4 address with a prefix length of 8 to 30");
        }
    }

    boolean contains(String other) {
        int bits = 32 - prefixLength;
        return isDotted(other) && value(other) >>> bits == value(address) >>> bits;
    }

    byte[] bytes() {
        int value = value(address);
        return new byte[] {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value};
    }

    private static boolean isDotted(String text) {
        return DOTTED.matcher(text).matches() && !text.endsWith(".");
    }

    private static int value(String dotted) {
        int value = 0;
        for (String part : dotted.split("\\.")) {
            value = value << 8 | Integer.parseInt(part);
        }
        return value;
    }
}

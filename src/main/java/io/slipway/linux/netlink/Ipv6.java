package io.slipway.linux.netlink;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;

/**
 * An IPv6 address.
 *
 * @param high the first 64 bits: a network, where those have 64
 * @param low the others
 */
public record Ipv6(long high, long low) implements IpAddress {
    private static final Pattern LITERAL = Pattern.compile("[0-9A-Fa-f:.]{2,45}");
    private static final int GROUPS = 8;

    /** Reads colon notation. @throws IllegalArgumentException if it is not in that */
    public static Ipv6 parse(String literal) {
        try {
            // Only literals: a name would be looked up.
            if (LITERAL.matcher(literal).matches()
                    && literal.indexOf(':') >= 0
                    && InetAddress.getByName("[" + literal + "]") instanceof Inet6Address address) {
                return of(address.getAddress());
            }
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("'" + literal + "' is no IPv6 address such as fd12::3", e);
        }
        throw new IllegalArgumentException("'" + literal + "' is no IPv6 address such as fd12::3");
    }

    static Ipv6 of(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return new Ipv6(in.getLong(), in.getLong());
    }

    @Override
    public byte[] bytes() {
        return ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array();
    }

    /** Within its 64 bits. */
    public Ipv6 plus(long count) {
        return new Ipv6(high, low + count);
    }

    /** As RFC 5952 recommends it: the longest row of zeros left out. */
    @Override
    public String toString() {
        int[] groups = new int[GROUPS];
        ByteBuffer in = ByteBuffer.wrap(bytes());
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = in.getShort() & 0xffff;
        }
        int from = -1;
        int longest = 1;
        for (int i = 0; i < GROUPS; i++) {
            int zeros = 0;
            while (i + zeros < GROUPS && groups[i + zeros] == 0) {
                zeros++;
            }
            if (zeros > longest) {
                from = i;
                longest = zeros;
            }
        }
        return from < 0
                ? joined(groups, 0, GROUPS)
                : joined(groups, 0, from) + "::" + joined(groups, from + longest, GROUPS);
    }

    private static String joined(int[] groups, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(i == from ? "" : ":").append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}

package io.slipway.linux.netlink;

/** A range of addresses: {@code 10.1.16.0/20}. */
public record Ipv4Network(Ipv4 first, int prefixLength) {
    public Ipv4Network {
        if (prefixLength < 0 || prefixLength > 32) {
            throw new IllegalArgumentException("prefix length " + prefixLength + " is not within 0 to 32");
        }
    }

    /** @throws IllegalArgumentException if it is not like {@code 10.1.16.0/20} */
    public static Ipv4Network parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("'" + text + "' is no network such as 10.1.16.0/20");
        }
        return around(Ipv4.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    /** The network in which an address lies. */
    public static Ipv4Network around(Ipv4 address, int prefixLength) {
        return new Ipv4Network(new Ipv4(address.value() & mask(prefixLength)), prefixLength);
    }

    public boolean contains(Ipv4 address) {
        return (address.value() & mask(prefixLength)) == first.value();
    }

    public boolean overlaps(Ipv4Network other) {
        return contains(other.first) || other.contains(first);
    }

    public Ipv4 last() {
        return new Ipv4(first.value() | ~mask(prefixLength));
    }

    private static int mask(int prefixLength) {
        return prefixLength == 0 ? 0 : -1 << 32 - prefixLength;
    }

    @Override
    public String toString() {
        return first + "/" + prefixLength;
    }
}

package io.slipway.linux.netlink;

/** An address of IPv4 or IPv6. */
public sealed interface IpAddress permits Ipv4, Ipv6 {
    /** In network order. */
    byte[] bytes();

    /** Number of the address family: AF_INET or AF_INET6. */
    default int family() {
        return this instanceof Ipv4 ? 2 : 10;
    }

    /**
     * Reads a literal address.
     *
     * @throws IllegalArgumentException if it is neither four numbers with dots nor IPv6 in its colon notation
     */
    static IpAddress parse(String literal) {
        return literal.indexOf(':') < 0 ? Ipv4.parse(literal) : Ipv6.parse(literal);
    }

    /** Whether it means all addresses of a host: 0.0.0.0 or ::. */
    default boolean any() {
        for (byte one : bytes()) {
            if (one != 0) {
                return false;
            }
        }
        return true;
    }
}

package io.slipway.image.registry;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Where a registry may lie and where it may lead us. What counts is the address that a name resolves to, so that names and numbers in all their
 * written forms are alike. The JDK remembers for 30 s what a name resolved to, so the connection that follows goes to what was looked at here.
 */
final class AddressGuard {
    private static final Set<String> METADATA = Set.of(
            "100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2:0:0:0:0:0:254", "fd20:ce:0:0:0:0:0:254");

    /** How far inside an address lies; a stranger may not lead us further in. */
    enum Place {
        PUBLIC,
        PRIVATE,
        LOOPBACK,
        /** Link-local, metadata services of clouds, multicast, no address at all. */
        OFF_LIMITS
    }

    private AddressGuard() {}

    /** The innermost of all addresses of a name. */
    static Place place(String host) throws RegistryException {
        try {
            Place innermost = Place.PUBLIC;
            for (InetAddress address : InetAddress.getAllByName(host.replaceAll("[\\[\\]]", ""))) {
                Place one = place(address);
                innermost = one.compareTo(innermost) > 0 ? one : innermost;
            }
            return innermost;
        } catch (UnknownHostException e) {
            throw new RegistryException(
                    RegistryException.Kind.UNREACHABLE,
                    "the name '" + host + "' cannot be resolved; check the reference and the name servers",
                    e);
        }
    }

    static Place place(InetAddress address) {
        if (METADATA.contains(address.getHostAddress())
                || address.isLinkLocalAddress()
                || address.isMulticastAddress()
                || address.isAnyLocalAddress()) {
            return Place.OFF_LIMITS;
        }
        if (address.isLoopbackAddress()) {
            return Place.LOOPBACK;
        }
        if (address instanceof Inet6Address) {
            return placeV6(address.getAddress());
        }
        return address.isSiteLocalAddress() || (address instanceof Inet4Address && isInsideV4(address.getAddress()))
                ? Place.PRIVATE
                : Place.PUBLIC;
    }

    /** This network (RFC 1122), shared (RFC 6598), protocol assignments (RFC 6890), benchmarking (RFC 2544), reserved. */
    private static boolean isInsideV4(byte[] a) {
        int first = a[0] & 0xff;
        int second = a[1] & 0xff;
        return first == 0
                || (first == 100 && second >= 64 && second < 128)
                || (first == 192 && second == 0 && a[2] == 0)
                || (first == 198 && (second == 18 || second == 19))
                || first >= 240;
    }

    /** Addresses that carry an IPv4 one lie where that lies: NAT64 (RFC 6052), 6to4 (RFC 3056), IPv4-compatible (RFC 4291). */
    private static Place placeV6(byte[] a) {
        if ((a[0] & 0xfe) == 0xfc) {
            return Place.PRIVATE;
        }
        boolean nat64 = a[0] == 0 && a[1] == 0x64 && (a[2] & 0xff) == 0xff && (a[3] & 0xff) == 0x9b;
        boolean compatible = Arrays.equals(Arrays.copyOf(a, 12), new byte[12]);
        boolean sixToFour = a[0] == 0x20 && a[1] == 0x02;
        if (nat64 || compatible) {
            return carried(a, 12);
        }
        return sixToFour ? carried(a, 2) : Place.PUBLIC;
    }

    private static Place carried(byte[] address, int from) {
        try {
            return place(InetAddress.getByAddress(Arrays.copyOfRange(address, from, from + 4)));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    /**
     * @param at where the next request goes
     * @param trusted it is named by the operator: in a reference or in the settings
     * @param via whom we were with before, outermost first
     */
    static void check(Origin at, RegistryHost rules, boolean trusted, List<Origin> via) throws RegistryException {
        if (rules.anyAddress()) {
            return;
        }
        Place there = place(at.host());
        if (there == Place.OFF_LIMITS) {
            throw forbidden(at + " lies on a link-local, metadata or other address that no registry has");
        }
        if (trusted || via.isEmpty()) {
            return;
        }
        Origin before = via.getLast();
        if (there.compareTo(place(before.host())) > 0) {
            throw forbidden(before + " leads to " + at + ", which lies further inside our network than itself");
        }
    }

    private static RegistryException forbidden(String what) {
        return new RegistryException(
                RegistryException.Kind.FORBIDDEN,
                what + "; it was not asked. If that is meant, allow it with 'anyAddress: true' in registries.yaml");
    }
}

package io.slipway.outbound;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Where a webhook may point: http or https to a public address, without user info. Loopback, private, link-local, metadata, multicast and
 * unspecified addresses are refused in all their written forms, because it is the resolved address that is looked at.
 */
public final class WebhookAddress {
    private final boolean allowPrivate;

    /** {@code allowPrivate}: also take addresses inside one's own network; a configuration of the controller. */
    public WebhookAddress(boolean allowPrivate) {
        this.allowPrivate = allowPrivate;
    }

    /** The target with the one address that may be connected to. Resolved once: a second answer of the name server does not count. */
    record Target(URI uri, InetAddress address, int port) {}

    /** Why a webhook may not point there. */
    public static final class NotAllowed extends Exception {
        private static final long serialVersionUID = 1L;

        private final String why;

        NotAllowed(String why) {
            super(why);
            this.why = why;
        }

        public String why() {
            return why;
        }
    }

    /** Looks at the form only; the name may not resolve at this moment. */
    public URI parse(String url) throws NotAllowed {
        URI uri = parsed(url);
        String scheme = uri.getScheme();
        if (scheme == null || !(scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https"))) {
            throw new NotAllowed("webhook address '" + url + "' is neither http nor https");
        }
        if (uri.getHost() == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
            throw new NotAllowed(
                    "webhook address '" + url + "' has no plain host, or has user info or a fragment; leave them out");
        }
        return uri;
    }

    private static URI parsed(String url) throws NotAllowed {
        try {
            return URI.create(url);
        } catch (IllegalArgumentException e) {
            throw new NotAllowed("webhook address '" + url + "' is not a URL: " + e.getMessage());
        }
    }

    /** Parses, resolves, and refuses if any address that the name resolves to is not allowed. */
    Target resolve(String url) throws NotAllowed, UnknownHostException {
        URI uri = parse(url);
        InetAddress[] addresses = InetAddress.getAllByName(uri.getHost().replaceAll("[\\[\\]]", ""));
        for (InetAddress address : addresses) {
            if (!allowPrivate && isInside(address)) {
                throw new NotAllowed("webhook address '" + url + "' leads to " + address.getHostAddress()
                        + ", inside a private network; the controller's setting slipway.webhooks.allow-private"
                        + " permits it");
            }
        }
        int standard = uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
        return new Target(uri, addresses[0], uri.getPort() == -1 ? standard : uri.getPort());
    }

    static boolean isInside(InetAddress address) {
        return address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()
                || (address instanceof Inet4Address && isInsideV4(address.getAddress()))
                || (address instanceof Inet6Address && isInsideV6(address.getAddress()));
    }

    /** Shared (RFC 6598), this network (RFC 1122), benchmarking (RFC 2544), protocol assignments (RFC 6890) and reserved addresses. */
    private static boolean isInsideV4(byte[] a) {
        int first = a[0] & 0xff;
        int second = a[1] & 0xff;
        return first == 0
                || (first == 100 && second >= 64 && second < 128)
                || (first == 198 && (second == 18 || second == 19))
                || (first == 192 && second == 0 && a[2] == 0)
                || first >= 240;
    }

    /** Unique local (RFC 4193), and addresses that carry an IPv4 one: NAT64 (RFC 6052), 6to4 (RFC 3056), IPv4-compatible. */
    private static boolean isInsideV6(byte[] a) {
        boolean uniqueLocal = (a[0] & 0xfe) == 0xfc;
        boolean nat64 = a[0] == 0 && a[1] == 0x64 && (a[2] & 0xff) == 0xff && (a[3] & 0xff) == 0x9b;
        boolean sixToFour = a[0] == 0x20 && a[1] == 0x02;
        boolean compatible = Arrays.equals(Arrays.copyOf(a, 12), new byte[12]);
        return uniqueLocal || nat64 || sixToFour || compatible;
    }
}

package io.slipway.sandbox;

import io.slipway.linux.netlink.IpAddress;
import io.slipway.linux.netlink.Ipv4;
import io.slipway.linux.netlink.Ipv6;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A port of the host that leads to one of a container.
 *
 * @param address of the host, of IPv4 or IPv6; 0.0.0.0 and :: for all of a kind
 * @param hostPort 1 to 65535
 * @param port of the container, 1 to 65535
 */
public record PublishedPort(String address, int hostPort, int port, Protocol protocol) {
    private static final Pattern TEXT = Pattern.compile(
            "(?:(?<address>[0-9.]+|\\[[0-9A-Fa-f:.]+]):)?(?<host>\\d{1,5}):(?<port>\\d{1,5})(?:/(?<protocol>tcp|udp))?");
    private static final String HERE = "127.0.0.1";
    private static final int PORT_MAX = 65_535;

    /** Of the transport layer, by its number (RFC 790). */
    public enum Protocol {
        TCP(6),
        UDP(17);

        private final int number;

        Protocol(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public PublishedPort {
        IpAddress parsed = IpAddress.parse(address);
        if (parsed.equals(new Ipv6(0, 1))) {
            throw new IllegalArgumentException(
                    "a port cannot be published at [::1]: Linux leads nothing out of its IPv6 "
                            + "loopback. Publish it at " + HERE);
        }
        if (hostPort < 1 || hostPort > PORT_MAX || port < 1 || port > PORT_MAX) {
            throw new IllegalArgumentException(
                    "a published port is not within 1 to " + PORT_MAX + ": " + hostPort + ":" + port);
        }
        address = parsed.toString();
    }

    /**
     * Reads {@code [ADDRESS:]HOSTPORT:PORT[/tcp|/udp]}; an IPv6 address stands in brackets. Without an address it is 127.0.0.1: who wants it to be
     * reached from elsewhere says so.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    public static PublishedPort parse(String text) {
        Matcher found = TEXT.matcher(text);
        if (!found.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no port to publish: [ADDRESS:]HOSTPORT:PORT[/tcp|/udp], as 8080:80, "
                            + "0.0.0.0:8080:80 or [::]:53:53/udp");
        }
        String address =
                found.group("address") == null ? HERE : found.group("address").replaceAll("[\\[\\]]", "");
        Protocol protocol = "udp".equals(found.group("protocol")) ? Protocol.UDP : Protocol.TCP;
        return new PublishedPort(
                address, Integer.parseInt(found.group("host")), Integer.parseInt(found.group("port")), protocol);
    }

    /** Whether only the host itself gets there. */
    public boolean local() {
        return address.startsWith("127.");
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        String shown = IpAddress.parse(address) instanceof Ipv4 ? address : "[" + address + "]";
        return shown + ":" + hostPort + ":" + port + "/" + protocol;
    }
}

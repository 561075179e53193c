package io.slipway.sandbox.network;

import io.slipway.linux.netlink.Ipv4Network;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a network is made, where it is not as usual.
 *
 * @param subnet of its IPv4 addresses, of prefix length 8 to 30; empty: one of 4,093 addresses that the host has no use for
 * @param mtu largest packet of its links in bytes, 1280 to 65535; empty: that of the host's way out
 * @param ipv6 whether there are IPv6 addresses too, where the host has IPv6
 * @param internal whether its containers reach nothing but each other and the host
 */
public record NetworkOptions(Optional<Ipv4Network> subnet, OptionalInt mtu, boolean ipv6, boolean internal) {
    public static final NetworkOptions DEFAULT = new NetworkOptions(Optional.empty(), OptionalInt.empty(), true, false);

    /** What IPv6 asks of every link (RFC 8200, section 5). */
    private static final int MTU_MIN = 1280;

    private static final int MTU_MAX = 65_535;
    private static final int PREFIX_MIN = 8;
    private static final int PREFIX_MAX = 30;

    public NetworkOptions {
        mtu.ifPresent(bytes -> {
            if (bytes < MTU_MIN || bytes > MTU_MAX) {
                throw new IllegalArgumentException(
                        "an MTU of " + bytes + " bytes is not within " + MTU_MIN + " to " + MTU_MAX);
            }
        });
        subnet.ifPresent(network -> {
            if (network.prefixLength() < PREFIX_MIN || network.prefixLength() > PREFIX_MAX) {
                throw new IllegalArgumentException("the prefix length of subnet " + network + " is not within "
                        + PREFIX_MIN + " to " + PREFIX_MAX + ": there must be addresses for the host and a container");
            }
        });
    }

    public NetworkOptions withInternal(boolean other) {
        return new NetworkOptions(subnet, mtu, ipv6, other);
    }

    public NetworkOptions withIpv6(boolean other) {
        return new NetworkOptions(subnet, mtu, other, internal);
    }

    public NetworkOptions withMtu(int other) {
        return new NetworkOptions(subnet, OptionalInt.of(other), ipv6, internal);
    }

    public NetworkOptions withSubnet(Ipv4Network other) {
        return new NetworkOptions(Optional.of(other), mtu, ipv6, internal);
    }
}

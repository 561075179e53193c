package io.slipway.sandbox.network;

import io.slipway.linux.netlink.Ipv4;
import io.slipway.linux.netlink.Ipv4Network;
import io.slipway.linux.netlink.Ipv6;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Collection;

/** Finds a network of 4,093 container addresses within 10.0.0.0/8 (RFC 1918) that the host does not use, and a unique local one of IPv6. */
final class SubnetChoice {
    static final int PREFIX_LENGTH = 20;
    private static final int CANDIDATES = 1 << PREFIX_LENGTH - 8;
    private static final Ipv4 TEN = Ipv4.parse("10.0.0.0");
    private static final long UNIQUE_LOCAL = 0xfdL << 56;
    private static final int GLOBAL_ID_BITS = 40;
    private static final int SUBNET_ID_BITS = 16;

    private SubnetChoice() {}

    /** @param seed the bridge's name: two owners on one host begin at different places */
    static Ipv4Network choose(String seed, Collection<Ipv4Network> taken) throws IOException {
        int start = Math.floorMod(seed.hashCode() * 0x9E3779B9 >>> 7, CANDIDATES);
        for (int i = 0; i < CANDIDATES; i++) {
            int number = (start + i) % CANDIDATES;
            Ipv4Network candidate = new Ipv4Network(TEN.plus(number << 32 - PREFIX_LENGTH), PREFIX_LENGTH);
            if (taken.stream().noneMatch(other -> other.prefixLength() > 0 && other.overlaps(candidate))) {
                return candidate;
            }
        }
        throw new IOException(
                "no network of /" + PREFIX_LENGTH + " is free within 10.0.0.0/8: the host's addresses and routes "
                        + "cover it. Containers get no network; remove a route that is too wide, or name a subnet");
    }

    /** The one that was asked for, if the host has no use for it. */
    static Ipv4Network check(Ipv4Network asked, Collection<Ipv4Network> taken) throws IOException {
        for (Ipv4Network other : taken) {
            if (other.prefixLength() > 0 && other.overlaps(asked)) {
                throw new IOException(
                        "subnet " + asked + " overlaps " + other + ", to which the host has an address or a route. "
                                + "The network is not made; name another subnet, or none to have one chosen");
            }
        }
        return asked;
    }

    /** A /64 with a random global id, as RFC 4193 has it: two hosts do not get the same. */
    static Ipv6 uniqueLocal() {
        long globalId = new SecureRandom().nextLong() & (1L << GLOBAL_ID_BITS) - 1;
        return new Ipv6(UNIQUE_LOCAL | globalId << SUBNET_ID_BITS, 0);
    }
}

package io.slipway.sandbox.network;

import io.slipway.linux.netlink.Ipv4;

/** By the IP address, locally administered: when an address passes to another container, no neighbour's cache is wrong. */
final class HardwareAddress {
    private HardwareAddress() {}

    static byte[] of(Ipv4 address) {
        byte[] ip = address.bytes();
        return new byte[] {0x02, 0x5c, ip[0], ip[1], ip[2], ip[3]};
    }
}

package io.slipway.linux.netlink;

/**
 * A network device.
 *
 * @param kind {@code bridge}, {@code veth}; empty for a physical one
 * @param master index of the bridge that it is a port of; 0 if none
 * @param mtu largest packet in bytes
 */
public record Link(int index, String name, String kind, int master, boolean up, int mtu) {}

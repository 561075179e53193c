package io.slipway.linux.netlink;

/**
 * A network device.
 *
 * @param kind {@code bridge}, {@code veth}; empty for a physical one
 * @param master index of the bridge that it is a port of; 0 if none
 */
public record Link(int index, String name, String kind, int master, boolean up) {}

package io.slipway.sandbox.network;

import io.slipway.linux.netlink.Ipv4;

/**
 * An address that is given to a sandbox.
 *
 * @param link name of the host's end of its veth pair
 */
record Lease(String sandboxId, Ipv4 address, String link) {}

package io.slipway.sandbox.network;

import io.slipway.linux.netlink.Ipv4;
import io.slipway.sandbox.PublishedPort;
import java.util.List;

/**
 * An address that is given to a sandbox.
 *
 * @param link name of the host's end of its veth pair
 * @param ports of the host that lead to it
 */
record Lease(String sandboxId, Ipv4 address, String link, List<PublishedPort> ports) {
    Lease {
        ports = List.copyOf(ports);
    }
}

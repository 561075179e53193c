package io.slipway.gateway;

import io.slipway.control.HostGateway;
import io.slipway.control.HostInbox;
import io.slipway.fleet.Assignments;
import io.slipway.fleet.FleetServer;
import io.slipway.fleet.FleetToken;
import io.slipway.placement.HostAssignment;
import io.slipway.routing.RouteTable;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * Sends through the fleet's server, and hands what hosts report to the inbox. Holds nothing that a restart would lose: who leads sends
 * each host's assignments again.
 */
public final class FleetGateway implements HostGateway, AutoCloseable {
    private final FleetServer server;

    /** Begins to listen; port 0 takes any free one, see {@link #address}. */
    public FleetGateway(InetSocketAddress bind, FleetToken token, HostInbox inbox) throws IOException {
        this.server = new FleetServer(bind, token, inbox::accept);
    }

    public InetSocketAddress address() {
        return server.address();
    }

    @Override
    public void send(HostAssignment run, RouteTable routes) {
        if (!run.generation().equals(routes.generation())) {
            throw new IllegalArgumentException("host " + run.host() + ": assignment generation "
                    + run.generation().value() + " is not its routes' "
                    + routes.generation().value());
        }
        server.publish(new Assignments(run, routes));
    }

    @Override
    public void close() {
        server.close();
    }
}

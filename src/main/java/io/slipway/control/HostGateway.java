package io.slipway.control;

import io.slipway.placement.HostAssignment;
import io.slipway.routing.RouteTable;

/** Sends hosts what they shall run and route. The newest generation wins; sending the same again does nothing. */
public interface HostGateway {
    void send(HostAssignment run, RouteTable routes);
}

package io.slipway.fleet;

import io.slipway.placement.HostAssignment;
import io.slipway.routing.RouteTable;

/** What the controller sends to a host: what to run and where its edge routes. One generation covers both. */
public record Assignments(HostAssignment run, RouteTable routes) {}

/**
 * The controller's end of the fleet; implements {@code HostGateway}.
 *
 * <p>May import: control, fleet, placement, routing.
 */
@NullMarked
package io.slipway.gateway;

import org.jspecify.annotations.NullMarked;

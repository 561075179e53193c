/**
 * The wire between controller and agents: messages, codec, client and server.
 *
 * <p>May import: base, placement, routing (and what their records carry).
 */
@NullMarked
package io.slipway.fleet;

import org.jspecify.annotations.NullMarked;

/**
 * The network half of the room sandbox: a bridge per owner, an address per container.
 *
 * <p>May import: linux.
 */
@NullMarked
package io.slipway.sandbox.network;

import org.jspecify.annotations.NullMarked;

/**
 * Names for the containers of a host: those of services lead to the edge, all others are the host's to answer.
 *
 * <p>May import: as the edge.
 */
@NullMarked
package io.slipway.traffic.dns;

import org.jspecify.annotations.NullMarked;

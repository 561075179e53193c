/**
 * What the edge is told. Pure.
 *
 * <p>May import: base.
 */
@NullMarked
package io.slipway.routing;

import org.jspecify.annotations.NullMarked;

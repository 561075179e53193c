/**
 * The edge: routes, counts and measures requests.
 *
 * <p>May import: routing, linux.
 */
@NullMarked
package io.slipway.traffic;

import org.jspecify.annotations.NullMarked;

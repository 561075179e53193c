/**
 * Which replica runs on which host, and what hosts report. Pure.
 *
 * <p>May import: base, release.
 */
@NullMarked
package io.slipway.placement;

import org.jspecify.annotations.NullMarked;

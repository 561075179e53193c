/**
 * The pages. Never reaches store, gateway or outbound.
 *
 * <p>May import: control, access, pure rooms.
 */
@NullMarked
package io.slipway.dashboard;

import org.jspecify.annotations.NullMarked;

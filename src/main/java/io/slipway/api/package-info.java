/**
 * REST under {@code /api/v1}. Never reaches store, gateway or outbound.
 *
 * <p>May import: control, access, pure rooms.
 */
@NullMarked
package io.slipway.api;

import org.jspecify.annotations.NullMarked;

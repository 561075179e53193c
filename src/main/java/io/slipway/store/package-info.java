/**
 * Postgres repositories behind control's ports.
 *
 * <p>May import: control, pure rooms.
 */
@NullMarked
package io.slipway.store;

import org.jspecify.annotations.NullMarked;

/**
 * Wiring and main per role. Nobody imports app.
 *
 * <p>May import: everything.
 */
@NullMarked
package io.slipway.app;

import org.jspecify.annotations.NullMarked;

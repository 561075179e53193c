/**
 * The demonstration: a sample service, clients that use it, and a release that is watched. Part of the room app.
 *
 * <p>May import: everything.
 */
@NullMarked
package io.slipway.app.demo;

import org.jspecify.annotations.NullMarked;

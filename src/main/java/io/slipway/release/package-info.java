/**
 * What a team asks for: the service file, parsed once into a {@code ReleaseSpec}, and everything wrong with it said in one answer. Pure.
 *
 * <p>May import: base.
 */
@NullMarked
package io.slipway.release;

import org.jspecify.annotations.NullMarked;

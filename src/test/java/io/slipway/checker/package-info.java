/** Checks of what must hold after every run with real parts, independent of the code that is checked. */
@NullMarked
package io.slipway.checker;

import org.jspecify.annotations.NullMarked;

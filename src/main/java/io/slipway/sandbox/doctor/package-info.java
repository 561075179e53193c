/**
 * Looks at what a machine offers to containers, by trying it, and says what is off for lack of what, and how to mend it.
 */
@NullMarked
package io.slipway.sandbox.doctor;

import org.jspecify.annotations.NullMarked;

/**
 * Writes shell scripts that make with the common tools what Slipway makes with system calls.
 */
@NullMarked
package io.slipway.sandbox.script;

import org.jspecify.annotations.NullMarked;

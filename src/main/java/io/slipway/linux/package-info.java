/**
 * Everything the kernel is asked directly: all JNA, and all child processes.
 *
 * <p>May import: base.
 */
@NullMarked
package io.slipway.linux;

import org.jspecify.annotations.NullMarked;

/**
 * Errors in JSON that others wrote, told without what is written in it.
 *
 * <p>May import: nothing of ours.
 */
@NullMarked
package io.slipway.sandbox.json;

import org.jspecify.annotations.NullMarked;

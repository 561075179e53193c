/**
 * Ids, weights, reasons and the metric window: words that every room shares. Pure; at most 15 types.
 *
 * <p>May import: the JDK only.
 */
@NullMarked
package io.slipway.base;

import org.jspecify.annotations.NullMarked;

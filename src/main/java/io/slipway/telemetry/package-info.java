/**
 * Readers of metrics; implements {@code MetricSource}.
 *
 * <p>May import: control, analysis, placement.
 */
@NullMarked
package io.slipway.telemetry;

import org.jspecify.annotations.NullMarked;

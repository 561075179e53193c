/**
 * Deliveries to the outside: webhooks.
 *
 * <p>May import: control, alert, runbook.
 */
@NullMarked
package io.slipway.outbound;

import org.jspecify.annotations.NullMarked;

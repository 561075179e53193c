/**
 * Deliveries to the outside: webhooks.
 *
 * <p>May import: control, alert, runbook; and release and rollout, whose types control's ports carry (decision 13).
 */
@NullMarked
package io.slipway.outbound;

import org.jspecify.annotations.NullMarked;

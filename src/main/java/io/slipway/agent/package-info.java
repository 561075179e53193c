/**
 * Carries out assignments on one host; supervises controller, proxy and Postgres. Knows nothing of rollouts.
 *
 * <p>May import: fleet, placement, release, routing, sandbox, image, linux.
 */
@NullMarked
package io.slipway.agent;

import org.jspecify.annotations.NullMarked;

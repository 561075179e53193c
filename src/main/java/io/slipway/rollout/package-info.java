/**
 * The rollout as a state machine: {@code RolloutMachine.decide}. Pure and total.
 *
 * <p>May import: base, release, analysis.
 */
@NullMarked
package io.slipway.rollout;

import org.jspecify.annotations.NullMarked;

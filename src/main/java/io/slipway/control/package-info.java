/**
 * Drives rollouts: claims them from the store, asks the core, commits its answer, carries out the effects. Defines the ports that other
 * rooms implement. May import the pure rooms.
 *
 * <pre>
 *   events (rows) -> RolloutLoop -> RolloutMachine.decide -> one commit (state, decision, effects) -> EffectRunner -> HostGateway, Outbox
 * </pre>
 */
@NullMarked
package io.slipway.control;

import org.jspecify.annotations.NullMarked;

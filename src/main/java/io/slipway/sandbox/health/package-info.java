/**
 * How a container is, asked by HTTP, TCP or a command in it: whether it has started, is ready, and still lives.
 *
 * <pre>
 *   HealthPlan -> HealthWatch -asks in time-> HealthCheck
 *                     |  ^ answers
 *                     v  |
 *                 HealthCourse (pure): what is due next, what an answer means
 * </pre>
 */
@NullMarked
package io.slipway.sandbox.health;

import org.jspecify.annotations.NullMarked;

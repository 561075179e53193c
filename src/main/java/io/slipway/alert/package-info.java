/**
 * What is told to people, how urgently, and what is noise. Pure.
 *
 * <p>May import: base, release, analysis, rollout.
 */
@NullMarked
package io.slipway.alert;

import org.jspecify.annotations.NullMarked;

/**
 * Decisions, their hash chain, runbook entries and how they are rendered. Pure.
 *
 * <p>May import: base, release, analysis, rollout.
 */
@NullMarked
package io.slipway.runbook;

import org.jspecify.annotations.NullMarked;

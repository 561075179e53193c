/**
 * Says whether the candidate regressed against its control: sequential tests that stay valid under repeated looks. Pure.
 *
 * <p>May import: base, release.
 */
@NullMarked
package io.slipway.analysis;

import org.jspecify.annotations.NullMarked;

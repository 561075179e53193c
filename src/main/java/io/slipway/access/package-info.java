/**
 * Tokens, scopes, sessions.
 *
 * <p>May import: control.
 */
@NullMarked
package io.slipway.access;

import org.jspecify.annotations.NullMarked;

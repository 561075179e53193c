/**
 * Teaches how containers are made: what each part is for, which call of the real program makes it, and what one sees without it, tried in a container
 * that is thrown away.
 */
@NullMarked
package io.slipway.sandbox.learn;

import org.jspecify.annotations.NullMarked;

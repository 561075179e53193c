/**
 * Image references, digests, the content store, import and unpacking.
 *
 * <p>May import: linux.
 */
@NullMarked
package io.slipway.image;

import org.jspecify.annotations.NullMarked;

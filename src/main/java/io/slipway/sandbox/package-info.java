/**
 * Containers: namespaces, cgroups, overlay, the pid 1, logs, re-adoption, and the explanation of each call.
 *
 * <p>May import: linux, image.
 */
@NullMarked
package io.slipway.sandbox;

import org.jspecify.annotations.NullMarked;

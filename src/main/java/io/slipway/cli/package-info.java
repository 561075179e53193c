/**
 * The command line.
 *
 * <p>May import: release, analysis, sandbox, image, linux; the API over HTTP.
 */
@NullMarked
package io.slipway.cli;

import org.jspecify.annotations.NullMarked;

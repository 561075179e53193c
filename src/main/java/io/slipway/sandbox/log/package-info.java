/**
 * What containers write: taken from the files they append to, stamped with the time, kept in segments of limited size and number.
 *
 * <pre>
 *   container --appends--> stdout.log, stderr.log --LogCollector--> log/000001-0-0.log, log/000002-... --LogReader--> people
 *                          (holes where taken)                      (oldest removed)
 * </pre>
 *
 * <p>May import: linux.
 */
@NullMarked
package io.slipway.sandbox.log;

import org.jspecify.annotations.NullMarked;

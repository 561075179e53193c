package io.slipway.sandbox.oci;

import java.util.Optional;

/**
 * A process that was run in a container.
 *
 * @param pid on the host
 * @param exitCode 128 + signal when a signal ended it; empty when nobody waited for it
 */
public record ExecResult(int pid, Optional<Integer> exitCode) {}

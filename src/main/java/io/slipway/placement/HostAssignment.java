package io.slipway.placement;

import io.slipway.base.Epoch;
import io.slipway.base.Generation;
import io.slipway.base.HostName;
import java.util.List;

/**
 * Everything that one host shall run. What runs and is not listed is drained and stopped.
 *
 * @param prepare image references to have unpacked beforehand, and to keep
 * @param allocations complete
 */
public record HostAssignment(
        HostName host, Epoch epoch, Generation generation, List<String> prepare, List<Allocation> allocations) {}

package io.slipway.placement;

import io.slipway.base.AllocationId;
import io.slipway.base.Arm;
import io.slipway.base.HostName;
import io.slipway.base.RevisionId;
import io.slipway.release.ProcessSpec;
import java.util.Map;

/**
 * One replica assigned to one host. The arm may change without a restart; all else is fixed.
 *
 * @param image reference as the agent can open it, pinned by digest where it has one
 * @param routed whether the edge may send it requests
 */
public record Allocation(
        AllocationId id,
        RevisionId revision,
        Arm arm,
        HostName host,
        String process,
        ProcessSpec spec,
        String image,
        Map<String, String> env,
        boolean routed) {
    public Allocation withArm(Arm other) {
        return new Allocation(id, revision, other, host, process, spec, image, env, routed);
    }
}
